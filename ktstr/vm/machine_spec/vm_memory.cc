// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/machine_spec/vm_memory.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/vm/machine_spec/vm_spec.h"

namespace ktstr {
namespace {

constexpr int64_t kMebi = int64_t{1} << 20;

// A mistake rather than a machine; well below what an int64_t holds.
constexpr int64_t kMostBytes = int64_t{16} << 40;

// A kernel with its tables and the unpacked initial file system, and for each
// CPU its own areas in the kernel and its workers: 25 of about 1 MiB each, and
// as much again.
constexpr int64_t kBaseBytes = 512 * kMebi;
constexpr int64_t kCpuBytes = 64 * kMebi;

// The power of two that `letter` stands for; -1 for none.
int ShiftOf(char letter) {
  switch (absl::ascii_toupper(letter)) {
    case 'M':
      return 20;
    case 'G':
      return 30;
    case 'T':
      return 40;
    default:
      return -1;
  }
}

absl::Status Wrong(absl::StatusCode code, absl::string_view text,
                   absl::string_view why) {
  return absl::Status(code, absl::StrCat("cannot take the memory size '", text,
                                         "': ", why, ", as in 512M or 2G"));
}

// Bytes of all nodes together if each gets at least `node_bytes`.
int64_t ForEachNode(const VmSpec& spec, int64_t node_bytes) {
  const int64_t pages = (node_bytes + kHugePageBytes - 1) / kHugePageBytes;
  return pages * kHugePageBytes * spec.nodes;
}

}  // namespace

absl::StatusOr<int64_t> ParseMemory(absl::string_view text) {
  const int shift = text.empty() ? -1 : ShiftOf(text.back());
  const absl::string_view digits =
      text.substr(0, text.empty() ? 0 : text.size() - 1);
  if (shift < 0 || digits.empty() ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) {
    return Wrong(absl::StatusCode::kInvalidArgument, text,
                 "it is a whole number with M, G or T");
  }
  int64_t count = 0;
  if (!absl::SimpleAtoi(digits, &count) || count > kMostBytes >> shift) {
    return Wrong(absl::StatusCode::kOutOfRange, text, "at most 16T");
  }
  if (count == 0) {
    return Wrong(absl::StatusCode::kOutOfRange, text, "more than nothing");
  }
  return count << shift;
}

absl::StatusOr<int64_t> FitMemory(int64_t bytes, const VmSpec& spec) {
  if (bytes / spec.nodes < kLeastNodeBytes) {
    return absl::OutOfRangeError(absl::StrCat(
        bytes / kMebi, "M is too little memory for ", spec.ToString(),
        ": a node needs at least ", kLeastNodeBytes / kMebi, "M, so ",
        spec.nodes * kLeastNodeBytes / kMebi, "M in all"));
  }
  return ForEachNode(spec, (bytes + spec.nodes - 1) / spec.nodes);
}

int64_t DefaultMemory(const VmSpec& spec) {
  const int64_t wanted = kBaseBytes + kCpuBytes * spec.cpus();
  return ForEachNode(spec, std::max(kLeastNodeBytes, wanted / spec.nodes));
}

}  // namespace ktstr
