// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_COMMAND_LINE_TAIL_H_
#define KTSTR_BASE_COMMAND_LINE_TAIL_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// Splits what a console or a program puts out into lines and keeps the last
// ones, in bounded memory whatever comes. Lines come out fit to be shown: no
// carriage returns and escape sequences (ECMA-48: colours, cursor, titles), a
// space for a tab, '?' for other control bytes. Bytes above 127 stay, so that
// lines need not be UTF-8. What is longer than a line may be is counted behind
// its begin: "text (12 more bytes)". A line's end ends an escape sequence too,
// so that garbage costs no more than its own line. Not for several threads.
class LineTail final {
 public:
  using OnLine = absl::FunctionRef<void(absl::string_view line)>;

  // Keeps at most `max_lines` lines of at most `max_line_bytes`, the count
  // behind a longer one not included.
  LineTail(size_t max_lines, size_t max_line_bytes)
      : max_lines_(max_lines), max_line_bytes_(max_line_bytes) {}

  // Takes the next bytes, cut anywhere, and calls `on_line` for each line that
  // they end.
  void Append(absl::string_view bytes, OnLine on_line);
  void Append(absl::string_view bytes) {
    Append(bytes, [](absl::string_view) {});
  }

  // Ends the line that has no end yet, if any of it has come.
  void Flush(OnLine on_line);
  void Flush() {
    Flush([](absl::string_view) {});
  }

  // The last ended lines, oldest first.
  const std::deque<std::string>& lines() const { return lines_; }

 private:
  enum class State {
    kText,
    kEscape,   // Behind ESC.
    kControl,  // Behind ESC [, up to a letter.
    kString,   // Behind ESC ] and the like, up to BEL or ESC \.
  };

  void Take(char c);
  void TakeText(char c);
  void TakeEscape(char c);
  void EndLine(OnLine on_line);

  size_t max_lines_;
  size_t max_line_bytes_;
  State state_ = State::kText;
  bool begun_ = false;  // Something of `line_` has come, if only an escape.
  std::string line_;
  size_t cut_ = 0;  // Bytes that `line_` has no room for.
  std::deque<std::string> lines_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_COMMAND_LINE_TAIL_H_
