// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ktstr {
namespace {

// Levenshtein's distance: insertions, deletions and changes of one letter.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

absl::string_view NearestName(absl::string_view text,
                              absl::Span<const absl::string_view> names) {
  absl::string_view nearest;
  size_t least = text.size() / 2 + 1;
  for (absl::string_view name : names) {
    const size_t distance = EditDistance(text, name);
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

std::string DidYouMean(absl::string_view text,
                       absl::Span<const absl::string_view> names) {
  const absl::string_view nearest = NearestName(text, names);
  if (nearest.empty()) return "";
  return absl::StrCat(" (did you mean '", nearest, "'?)");
}

}  // namespace ktstr
