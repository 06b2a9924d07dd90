// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/layout/quoted.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {
namespace {

constexpr size_t kHeadColumns = 18;  // As Labelled, and the bar.
constexpr size_t kQuoteColumns = kTextColumns - kHeadColumns;
constexpr size_t kMostColumns = 3 * kQuoteColumns;

std::string Line(absl::string_view label, absl::string_view text) {
  const std::string head = absl::StrFormat("  %-14s| ", std::string(label));
  const std::string line = Clip(text, kMostColumns);
  // Only what has to be broken loses its blanks.
  if (ColumnsOf(line) > kQuoteColumns) {
    return Paragraph(head, head.size(), line);
  }
  std::string out = absl::StrCat(head, line);
  out.erase(out.find_last_not_of(' ') + 1);
  return absl::StrCat(out, "\n");
}

}  // namespace

std::string Quoted(absl::string_view label,
                   const google::protobuf::RepeatedPtrField<std::string>& lines,
                   int most, Keep keep) {
  const int left_out = std::max(lines.size() - most, 0);
  const int begin = keep == Keep::kLast ? left_out : 0;
  std::string text;
  if (begin > 0) {
    text = Labelled(std::exchange(label, ""),
                    absl::StrCat("(", left_out, " lines before these)"));
  }
  for (int i = begin; i < lines.size() - left_out + begin; ++i) {
    absl::StrAppend(&text, Line(std::exchange(label, ""), lines[i]));
  }
  if (left_out > 0 && keep == Keep::kFirst) {
    absl::StrAppend(&text,
                    Labelled("", absl::StrCat("(and ", left_out, " more)")));
  }
  return text;
}

}  // namespace ktstr
