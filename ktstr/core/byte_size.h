// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_BYTE_SIZE_H_
#define KTSTR_CORE_BYTE_SIZE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace ktstr {

// A size as users write it: "4096", "32K", "4M", "1G", of 1024 each. Never
// negative.
struct ByteSize {
  int64_t bytes = 0;

  friend bool operator==(const ByteSize&, const ByteSize&) = default;
};

bool AbslParseFlag(absl::string_view text, ByteSize* size, std::string* error);
// With the largest suffix that loses nothing.
std::string AbslUnparseFlag(ByteSize size);

}  // namespace ktstr

#endif  // KTSTR_CORE_BYTE_SIZE_H_
