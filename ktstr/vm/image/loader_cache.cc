// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/loader_cache.h"

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

constexpr absl::string_view kMagic = "glibc-ld.so.cache1.1";
constexpr size_t kHeaderBytes = 48;
constexpr size_t kEntryBytes = 24;
// Of an entry: the kernel version and the CPU features that it needs; none.
constexpr size_t kEntryEndBytes = 12;
constexpr uint32_t kLittleEndian = 2;

// What the loader wants to see in an entry: a library for glibc, in the low
// byte, of its machine.
absl::StatusOr<uint32_t> MarkOf(uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return 0x0303;
    case EM_AARCH64:
      return 0x0a03;
    default:
      return absl::UnimplementedError(absl::StrCat(
          "the loader's cache cannot be written for ELF machine ", machine));
  }
}

// Takes a number off the front of `text`, which begins with a digit.
uint64_t TakeNumber(absl::string_view& text) {
  uint64_t value = 0;
  for (; !text.empty() && absl::ascii_isdigit(text[0]); text.remove_prefix(1)) {
    value = value * 10 + static_cast<uint64_t>(text[0] - '0');
  }
  return value;
}

// The loader's order, in which it searches the cache by halves: digits count as
// numbers and come after all else.
bool ComesBefore(absl::string_view a, absl::string_view b) {
  while (!a.empty() && !b.empty()) {
    const bool a_digit = absl::ascii_isdigit(a[0]);
    const bool b_digit = absl::ascii_isdigit(b[0]);
    if (a_digit != b_digit) return b_digit;
    if (a_digit) {
      const uint64_t a_number = TakeNumber(a);
      const uint64_t b_number = TakeNumber(b);
      if (a_number != b_number) return a_number < b_number;
    } else if (a[0] != b[0]) {
      return a[0] < b[0];
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.empty() && !b.empty();
}

void Append(std::string& bytes, uint64_t value, int size) {
  for (int shift = 0; shift < 8 * size; shift += 8) {
    bytes.push_back(static_cast<char>(value >> shift));
  }
}

}  // namespace

absl::StatusOr<std::string> LoaderCache(const LoaderCacheEntries& entries,
                                        uint16_t machine) {
  KTSTR_ASSIGN_OR_RETURN(const uint32_t mark, MarkOf(machine));
  std::vector<std::pair<absl::string_view, absl::string_view>> sorted(
      entries.begin(), entries.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return ComesBefore(b.first, a.first);  // The last name first.
  });

  const size_t strings_at = kHeaderBytes + kEntryBytes * sorted.size();
  std::string table;
  std::string strings;
  for (const auto& [name, path] : sorted) {
    Append(table, mark, 4);
    Append(table, strings_at + strings.size(), 4);
    absl::StrAppend(&strings, name, absl::string_view("\0", 1));
    Append(table, strings_at + strings.size(), 4);
    absl::StrAppend(&strings, path, absl::string_view("\0", 1));
    table.append(kEntryEndBytes, '\0');
  }

  std::string cache(kMagic);
  Append(cache, sorted.size(), 4);
  Append(cache, strings.size(), 4);
  Append(cache, kLittleEndian, 4);
  cache.resize(kHeaderBytes, '\0');  // No extensions.
  return absl::StrCat(cache, table, strings);
}

}  // namespace ktstr
