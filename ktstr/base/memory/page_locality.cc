// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/page_locality.h"

#include <errno.h>
#include <numaif.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ktstr/base/check.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// What the kernel says of a page for which it has not been asked.
constexpr int kNoAnswer = -EAGAIN;

struct PageRange {
  char* first;  // The begin of a page; never read or written.
  uint64_t count;
};

std::vector<PageRange> ToPages(absl::Span<const AddressRange> ranges,
                               size_t page_size) {
  std::vector<PageRange> pages;
  for (const AddressRange& range : ranges) {
    if (range.bytes == 0) continue;
    char* begin = const_cast<char*>(static_cast<const char*>(range.begin));
    const size_t offset = reinterpret_cast<uintptr_t>(begin) % page_size;
    pages.push_back(
        {begin - offset, (offset + range.bytes - 1) / page_size + 1});
  }
  return pages;
}

// Every `stride`-th page of the ranges laid end to end.
std::vector<void*> Sample(absl::Span<const PageRange> ranges, uint64_t stride,
                          size_t page_size) {
  std::vector<void*> addresses;
  uint64_t next = 0;  // From the begin of the range.
  for (const PageRange& range : ranges) {
    for (; next < range.count; next += stride) {
      addresses.push_back(range.first + next * page_size);
    }
    next -= range.count;
  }
  return addresses;
}

void CountAnswer(int answer, PageLocality& locality) {
  if (answer >= 0) {
    ++locality.on_node[answer];
  } else if (answer == -ENOENT || answer == -EFAULT) {
    ++locality.absent;
  } else {
    ++locality.failed;
  }
}

absl::Status Ask(std::vector<void*>& addresses, PageLocality& locality) {
  std::vector<int> answers(addresses.size(), kNoAnswer);
  // More than 0 would be pages that were not moved, and none are to be.
  if (move_pages(/*pid=*/0, addresses.size(), addresses.data(),
                 /*nodes=*/nullptr, answers.data(), /*flags=*/0) != 0) {
    const int error = errno;
    const std::string call =
        absl::StrCat("move_pages(", addresses.size(), " pages)");
    if (error == ENOSYS) return NotInKernel(error, call, "no CONFIG_NUMA");
    if (error == EPERM) return PosixError(error, call, "a seccomp filter");
    return PosixError(error, call);
  }
  for (const int answer : answers) CountAnswer(answer, locality);
  return absl::OkStatus();
}

}  // namespace

double PageLocality::ShareOn(int node) const {
  uint64_t all = 0;
  for (const auto& [unused, count] : on_node) all += count;
  if (all == 0) return 1;
  const auto found = on_node.find(node);
  const uint64_t there = found == on_node.end() ? 0 : found->second;
  return static_cast<double>(there) / static_cast<double>(all);
}

absl::StatusOr<PageLocality> CountPages(absl::Span<const AddressRange> ranges,
                                        size_t max_pages) {
  KTSTR_CHECK(max_pages > 0);
  const int64_t begin_ns = MonotonicNanos();
  const size_t page_size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const std::vector<PageRange> pages = ToPages(ranges, page_size);
  PageLocality locality;
  for (const PageRange& range : pages) locality.pages += range.count;
  const uint64_t stride =
      std::max<uint64_t>((locality.pages + max_pages - 1) / max_pages, 1);
  std::vector<void*> addresses = Sample(pages, stride, page_size);
  locality.sampled = addresses.size();
  if (!addresses.empty()) KTSTR_RETURN_IF_ERROR(Ask(addresses, locality));
  locality.cost_ns = MonotonicNanos() - begin_ns;
  return locality;
}

}  // namespace ktstr
