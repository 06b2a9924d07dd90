// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_MAPPING_H_
#define KTSTR_BASE_MAPPING_H_

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
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

  // The same for this process and its threads alone; forked children get
  // copies. Every page has a fault of its own: there are no huge pages in it.
  static absl::StatusOr<Mapping> CreatePrivate(size_t bytes);

  Mapping() = default;
  ~Mapping() { Unmap(); }
  Mapping(Mapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept;

  // Gives the memory of a private mapping back to the kernel: the next touch of
  // each page is a fault again and finds zeroes.
  absl::Status DropPages() const;

  // Page aligned; nullptr if nothing is mapped.
  void* data() const { return data_; }
  // In bytes, a multiple of the page size.
  size_t size() const { return size_; }

 private:
  Mapping(void* data, size_t size) : data_(data), size_(size) {}
  // `flags` as of mmap(2), `kind` for errors.
  static absl::StatusOr<Mapping> Create(size_t bytes, int flags,
                                        const char* kind);
  void Unmap();

  void* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_MAPPING_H_
