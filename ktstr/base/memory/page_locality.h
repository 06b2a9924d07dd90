// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// On which nodes a process's own pages are, asked with move_pages(2), which
// moves nothing when it is given no nodes.
#ifndef KTSTR_BASE_MEMORY_PAGE_LOCALITY_H_
#define KTSTR_BASE_MEMORY_PAGE_LOCALITY_H_

#include <cstddef>
#include <cstdint>
#include <map>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace ktstr {

// Every page that [begin, begin + bytes) touches.
struct AddressRange {
  const void* begin = nullptr;
  size_t bytes = 0;
};

struct PageLocality {
  uint64_t pages = 0;    // In the ranges.
  uint64_t sampled = 0;  // Asked for: on_node, absent and failed together.
  std::map<int, uint64_t> on_node;
  // Not mapped, never touched, swapped out or the shared page of zeroes.
  uint64_t absent = 0;
  uint64_t failed = 0;  // What the kernel would not tell.
  int64_t cost_ns = 0;  // All of this took so long.

  // The share of pages on `node` of those on any, 0 .. 1; 1 if there are none,
  // since nothing is far away then.
  double ShareOn(int node) const;
};

// Samples at most `max_pages` pages (1 at least, checked) of the calling
// process, evenly over all ranges. Does not touch them, allocates, and takes
// about 0.2 us a page: for before and after a loop. kUnimplemented without
// CONFIG_NUMA.
absl::StatusOr<PageLocality> CountPages(absl::Span<const AddressRange> ranges,
                                        size_t max_pages);

}  // namespace ktstr

#endif  // KTSTR_BASE_MEMORY_PAGE_LOCALITY_H_
