// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_MAPPING_H_
#define KTSTR_BASE_MAPPING_H_

#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"

namespace ktstr {

// Owns a mapping of memory and unmaps it. Forked children share the memory of
// a shared mapping; unmapping in one process leaves the others theirs.
class Mapping final {
 public:
  // Anonymous, zeroed, shared with every child forked later. `bytes` is at
  // least 1 (EINVAL otherwise) and is rounded up to whole pages. Pages take no
  // memory before they are first touched.
  static absl::StatusOr<Mapping> CreateShared(size_t bytes);

  Mapping() = default;
  ~Mapping() { Unmap(); }
  Mapping(Mapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept;

  // Page aligned; nullptr if nothing is mapped.
  void* data() const { return data_; }
  // In bytes, a multiple of the page size.
  size_t size() const { return size_; }

 private:
  Mapping(void* data, size_t size) : data_(data), size_(size) {}
  void Unmap();

  void* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_MAPPING_H_
