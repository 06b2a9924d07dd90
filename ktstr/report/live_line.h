// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_LIVE_LINE_H_
#define KTSTR_REPORT_LIVE_LINE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/core/live_view.h"

namespace ktstr {

// How a step is getting on, in a line of at most `columns`:
// "2.30s of 5.00s  wake_chain: 4 of 4 alive, 812k/s, p99 wake-up 33.1us".
// Several stressors follow one another, as far as there is room.
std::string FormatLiveLine(const LiveView& view, absl::Duration duration,
                           size_t columns);

// What to write to a terminal to put `line` in place of the last live line,
// and to leave no trace of it. Nothing of this belongs into a pipe.
std::string DrawLiveLine(absl::string_view line);
std::string EraseLiveLine();

// The width of the terminal `fd`; 0 if it is none.
size_t TerminalColumns(int fd);

}  // namespace ktstr

#endif  // KTSTR_REPORT_LIVE_LINE_H_
