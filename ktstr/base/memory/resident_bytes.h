// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_MEMORY_RESIDENT_BYTES_H_
#define KTSTR_BASE_MEMORY_RESIDENT_BYTES_H_

#include <cstddef>

#include "absl/status/statusor.h"

namespace ktstr {

// How many bytes of whole pages from `begin` on, which is page aligned, are in
// memory (mincore(2)), at most `bytes` rounded up to pages. In shared memory
// those that any process has touched; what was swapped out is not counted.
absl::StatusOr<size_t> ResidentBytes(const void* begin, size_t bytes);

}  // namespace ktstr

#endif  // KTSTR_BASE_MEMORY_RESIDENT_BYTES_H_
