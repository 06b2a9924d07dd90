// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/command/line_tail.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ktstr {
namespace {

constexpr char kBell = '\a';
constexpr char kEscapeByte = '\x1B';

}  // namespace

void LineTail::Append(absl::string_view bytes, OnLine on_line) {
  for (const char c : bytes) {
    if (c == '\n') {
      EndLine(on_line);
    } else {
      begun_ = true;
      Take(c);
    }
  }
}

void LineTail::Flush(OnLine on_line) {
  if (begun_) EndLine(on_line);
}

void LineTail::Take(char c) {
  if (c == kEscapeByte) {  // Also within a sequence: begins a new one.
    state_ = State::kEscape;
    return;
  }
  switch (state_) {
    case State::kText:
      TakeText(c);
      break;
    case State::kEscape:
      TakeEscape(c);
      break;
    case State::kControl:
      if (c >= '@' && c <= '~') state_ = State::kText;
      break;
    case State::kString:
      if (c == kBell) state_ = State::kText;
      break;
  }
}

void LineTail::TakeText(char c) {
  if (c == '\r') return;
  if (line_.size() >= max_line_bytes_) {
    ++cut_;
    return;
  }
  if (c == '\t') c = ' ';
  line_.push_back(absl::ascii_iscntrl(static_cast<unsigned char>(c)) ? '?' : c);
}

void LineTail::TakeEscape(char c) {
  constexpr absl::string_view kStringBegins = "]P_^X";
  if (c == '[') {
    state_ = State::kControl;
  } else if (kStringBegins.find(c) != kStringBegins.npos) {
    state_ = State::kString;
  } else if (c < ' ' || c > '/') {  // Those between go before a last byte.
    state_ = State::kText;
  }
}

void LineTail::EndLine(OnLine on_line) {
  if (cut_ > 0) absl::StrAppend(&line_, " (", cut_, " more bytes)");
  on_line(line_);
  lines_.push_back(std::exchange(line_, std::string()));
  if (lines_.size() > max_lines_) lines_.pop_front();
  cut_ = 0;
  state_ = State::kText;
  begun_ = false;
}

}  // namespace ktstr
