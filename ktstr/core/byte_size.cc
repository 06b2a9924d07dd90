// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/byte_size.h"

#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ktstr {
namespace {

constexpr absl::string_view kSuffixes = "KMG";  // 1 << 10, 20, 30.

}  // namespace

bool AbslParseFlag(absl::string_view text, ByteSize* size, std::string* error) {
  absl::string_view number = text;
  int shift = 0;
  if (!text.empty()) {
    const size_t suffix = kSuffixes.find(text.back());
    if (suffix != absl::string_view::npos) {
      shift = 10 * (static_cast<int>(suffix) + 1);
      number.remove_suffix(1);
    }
  }
  int64_t value = 0;
  // SimpleAtoi would take signs and blanks.
  if (number.find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(number, &value) ||
      value > std::numeric_limits<int64_t>::max() >> shift) {
    *error = "a size is a number of bytes, or one with K, M or G";
    return false;
  }
  size->bytes = value << shift;
  return true;
}

std::string AbslUnparseFlag(ByteSize size) {
  for (size_t i = kSuffixes.size(); i > 0; --i) {
    const int64_t unit = int64_t{1} << 10 * i;
    if (size.bytes != 0 && size.bytes % unit == 0) {
      return absl::StrCat(size.bytes / unit, kSuffixes.substr(i - 1, 1));
    }
  }
  return absl::StrCat(size.bytes);
}

}  // namespace ktstr
