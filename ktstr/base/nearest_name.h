// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Suggestions for words that were meant to be a known name.
#ifndef KTSTR_BASE_NEAREST_NAME_H_
#define KTSTR_BASE_NEAREST_NAME_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ktstr {

// Returns the name with the smallest edit distance to `text`, where that is
// at most half of `text`; else "".
absl::string_view NearestName(absl::string_view text,
                              absl::Span<const absl::string_view> names);

// Returns " (did you mean 'wake_chain'?)", or "" where nothing is near.
std::string DidYouMean(absl::string_view text,
                       absl::Span<const absl::string_view> names);

}  // namespace ktstr

#endif  // KTSTR_BASE_NEAREST_NAME_H_
