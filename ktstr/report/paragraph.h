// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_PARAGRAPH_H_
#define KTSTR_REPORT_PARAGRAPH_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace ktstr {

// The columns that every line of the text output keeps to.
inline constexpr size_t kTextColumns = 100;

// How many columns `text` takes: its UTF-8 characters, each taken for one.
size_t ColumnsOf(absl::string_view text);

// `text` as part of one line: control characters, newlines among them, become
// spaces, bytes that are no UTF-8 become '?'. What is reported comes from
// kernel logs and error messages, and must not steer a terminal.
std::string OneLine(absl::string_view text);

// OneLine(text), cut to `columns` with a '~' in place of what is lost.
std::string Clip(absl::string_view text, size_t columns);

// Breaks OneLine(text) between words into lines of at most `columns`. The
// first follows `head`, which is counted as `head_columns` (it may hold
// colours); the others are indented by as much. Words that are longer than a
// line are broken. Ends with a newline.
std::string Paragraph(absl::string_view head, size_t head_columns,
                      absl::string_view text, size_t columns = kTextColumns);

// A paragraph behind a label in a column of its own: "  host          text".
std::string Labelled(absl::string_view label, absl::string_view text);

}  // namespace ktstr

#endif  // KTSTR_REPORT_PARAGRAPH_H_
