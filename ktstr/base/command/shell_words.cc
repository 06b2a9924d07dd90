// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/command/shell_words.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ktstr {
namespace {

constexpr char kUnquoted = '\0';

class Splitter {
 public:
  explicit Splitter(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<std::string>> Split() {
    while (next_ < text_.size()) {
      const char c = text_[next_++];
      if (quote_ == kUnquoted) {
        TakeUnquoted(c);
      } else if (c == quote_) {
        quote_ = kUnquoted;
      } else if (c == '\\' && quote_ == '"' && EscapesInQuotes()) {
        word_ += text_[next_++];
      } else {
        word_ += c;
      }
    }
    if (quote_ != kUnquoted) {
      return absl::InvalidArgumentError(
          absl::StrCat("the quote ", std::string(1, quote_), " in '", text_,
                       "' is not closed"));
    }
    EndWord();
    return std::move(words_);
  }

 private:
  void TakeUnquoted(char c) {
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) return EndWord();
    begun_ = true;
    if (c == '\'' || c == '"' || (c == '\\' && next_ == text_.size())) {
      quote_ = c;
    } else {
      word_ += c == '\\' ? text_[next_++] : c;
    }
  }

  // Before anything else a backslash in "..." stands for itself.
  bool EscapesInQuotes() const {
    return next_ < text_.size() && absl::string_view("\"\\$`").find(
                                       text_[next_]) != absl::string_view::npos;
  }

  void EndWord() {
    if (!begun_) return;
    words_.push_back(std::exchange(word_, ""));
    begun_ = false;
  }

  const absl::string_view text_;
  size_t next_ = 0;
  char quote_ = kUnquoted;
  bool begun_ = false;  // A word may be empty: ''.
  std::string word_;
  std::vector<std::string> words_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> ShellWords(absl::string_view text) {
  return Splitter(text).Split();
}

}  // namespace ktstr
