// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/node_pages.h"

#include <errno.h>
#include <numaif.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {
namespace {

constexpr size_t kWordBits = 8 * sizeof(unsigned long);
// Linux has at most 1024 nodes (CONFIG_NODES_SHIFT).
constexpr size_t kMaxNodes = 1024;
// Asked for at once: 3 KiB of stack.
constexpr size_t kPagesPerCall = 256;

absl::Status Refused(int error, absl::string_view call) {
  if (error == ENOSYS) return NotInKernel(error, call, "no CONFIG_NUMA");
  if (error == EPERM) return PosixError(error, call, "a seccomp filter");
  return PosixError(error, call);
}

absl::Status Bind(uint32_t node, void* begin, size_t bytes, unsigned flags) {
  unsigned long mask[kMaxNodes / kWordBits] = {};
  int error = EINVAL;
  if (node < kMaxNodes) {
    mask[node / kWordBits] = 1UL << node % kWordBits;
    // The kernel takes the number for one more than there are.
    if (mbind(begin, bytes, MPOL_BIND, mask, kMaxNodes + 1, flags) == 0) {
      return absl::OkStatus();
    }
    error = errno;
  }
  return Refused(error,
                 absl::StrCat("mbind(", bytes, " bytes, bind:", node, ")"));
}

}  // namespace

absl::Status BindPagesTo(uint32_t node, void* begin, size_t bytes) {
  return Bind(node, begin, bytes, /*flags=*/0);
}

absl::Status MovePagesTo(uint32_t node, void* begin, size_t bytes) {
  return Bind(node, begin, bytes, MPOL_MF_MOVE);
}

absl::StatusOr<uint64_t> CountPagesOn(uint32_t node, void* begin,
                                      size_t pages) {
  const auto page_size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* addresses[kPagesPerCall];
  int answers[kPagesPerCall];
  uint64_t there = 0;
  for (size_t first = 0; first < pages; first += kPagesPerCall) {
    const size_t count = std::min(kPagesPerCall, pages - first);
    for (size_t i = 0; i < count; ++i) {
      addresses[i] = static_cast<char*>(begin) + (first + i) * page_size;
      answers[i] = -EAGAIN;
    }
    if (move_pages(/*pid=*/0, count, addresses, /*nodes=*/nullptr, answers,
                   /*flags=*/0) != 0) {
      const int error = errno;
      return Refused(error, absl::StrCat("move_pages(", count, " pages)"));
    }
    there += static_cast<uint64_t>(
        std::count(answers, answers + count, static_cast<int>(node)));
  }
  return there;
}

}  // namespace ktstr
