// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Pages of the calling process that are put on a node, page for page.
#ifndef KTSTR_BASE_MEMORY_NODE_PAGES_H_
#define KTSTR_BASE_MEMORY_NODE_PAGES_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ktstr {

// Binds `bytes` from `begin` on, which is page aligned, to `node` (mbind(2),
// MPOL_BIND): what is touched for the first time from now on will be there.
// Errors as of MovePagesTo().
absl::Status BindPagesTo(uint32_t node, void* begin, size_t bytes);

// Binds it and moves there what is elsewhere: MPOL_MF_MOVE. A page that
// somebody holds at that moment stays where it is, and that is no error:
// CountPagesOn() tells. EINVAL: the node has no memory or is not in the
// cpuset's mems. kUnimplemented without CONFIG_NUMA. Allocates nothing unless
// it is refused.
absl::Status MovePagesTo(uint32_t node, void* begin, size_t bytes);

// How many of the `pages` pages from `begin` on, which is page aligned, are on
// `node`, asked of move_pages(2). Allocates nothing unless it is refused.
absl::StatusOr<uint64_t> CountPagesOn(uint32_t node, void* begin, size_t pages);

}  // namespace ktstr

#endif  // KTSTR_BASE_MEMORY_NODE_PAGES_H_
