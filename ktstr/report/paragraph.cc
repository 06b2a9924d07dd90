// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/paragraph.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/message/utf8.h"

namespace ktstr {
namespace {

// At least this much of a line is for text, however long its head is.
constexpr size_t kLeastText = 20;

bool Continues(char c) { return (static_cast<unsigned char>(c) >> 6) == 2; }

// C0, DEL, and C1, which is U+0080 to U+009F.
bool IsControl(absl::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

// The first `columns` characters of `text`, which is UTF-8.
absl::string_view Front(absl::string_view text, size_t columns) {
  size_t end = 0;
  for (size_t seen = 0; end < text.size() && seen < columns; ++seen) {
    end += Utf8Size(text.substr(end));
  }
  return text.substr(0, end);
}

}  // namespace

size_t ColumnsOf(absl::string_view text) {
  return text.size() - static_cast<size_t>(
                           std::count_if(text.begin(), text.end(), Continues));
}

std::string OneLine(absl::string_view text) {
  std::string line;
  while (!text.empty()) {
    const size_t size = Utf8Size(text);
    const absl::string_view character =
        text.substr(0, std::max<size_t>(size, 1));
    if (size == 0) {
      line += '?';
    } else if (IsControl(character)) {
      line += ' ';
    } else {
      absl::StrAppend(&line, character);
    }
    text.remove_prefix(character.size());
  }
  return line;
}

std::string Clip(absl::string_view text, size_t columns) {
  std::string line = OneLine(text);
  if (ColumnsOf(line) <= columns) return line;
  return absl::StrCat(Front(line, columns - 1), "~");
}

std::string Paragraph(absl::string_view head, size_t head_columns,
                      absl::string_view text, size_t columns) {
  const size_t indent = std::min(head_columns, columns - kLeastText);
  const std::string line = OneLine(text);
  std::string out(head);
  size_t used = head_columns;
  bool fresh = used <= indent;  // No word on this line yet.
  const auto new_line = [&] {
    absl::StrAppend(&out, "\n", std::string(indent, ' '));
    used = indent;
    fresh = true;
  };
  for (absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
    if (!fresh && used + 1 + ColumnsOf(word) > columns) new_line();
    if (!fresh) {
      out += ' ';
      ++used;
    }
    while (ColumnsOf(word) > columns - used) {
      const absl::string_view part = Front(word, columns - used);
      absl::StrAppend(&out, part);
      word.remove_prefix(part.size());
      new_line();
    }
    absl::StrAppend(&out, word);
    used += ColumnsOf(word);
    fresh = false;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return absl::StrCat(out, "\n");
}

std::string Labelled(absl::string_view label, absl::string_view text) {
  constexpr int kLabelColumns = 14;
  const std::string head =
      absl::StrFormat("  %-*s", kLabelColumns, std::string(label));
  return Paragraph(head, head.size(), text);
}

}  // namespace ktstr
