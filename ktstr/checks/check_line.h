// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What every check is made of: its line, and the words for workers.
#ifndef KTSTR_CHECKS_CHECK_LINE_H_
#define KTSTR_CHECKS_CHECK_LINE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// Returns a line of a report. `name` is unique in its stressor and has no
// white space and no '#'; `detail` is a sentence without its full stop.
proto::Check CheckLine(absl::string_view name, proto::Verdict verdict,
                       absl::string_view detail);

// Returns "worker 3 (stage)".
std::string WorkerLabel(const proto::Worker& worker);

// Returns "1 worker", "2 workers".
std::string Counted(uint64_t count, absl::string_view noun);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_CHECK_LINE_H_
