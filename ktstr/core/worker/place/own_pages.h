// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_WORKER_PLACE_OWN_PAGES_H_
#define KTSTR_CORE_WORKER_PLACE_OWN_PAGES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// The memory that a worker takes for itself from Begin() on.
//
// That are the pages of a process's memory (heap, stack, data, and its part of
// what workers share) which no other process has touched, and which it did not
// have at Begin(): what it had by then was put where its supervisor ran, or
// before the worker had its memory policy. A thread's own are those of its
// stack, since all else is everybody's. Which they are is asked of
// /proc/thread-self/pagemap.
//
// For the thread that called Begin().
class OwnPages final {
 public:
  // Takes down what there is. kOutOfRange for a process that has more memory
  // than a worker can have (64 MiB): that of a sanitizer. Other errors as
  // Count().
  static absl::StatusOr<OwnPages> Begin();

  // Counts on which nodes the worker's own pages are, and on which the CPU is
  // that it is on now. At most 256 of the first 8192, or of as many evenly over
  // larger memory, are looked up.
  //
  // For the end of a body, as all of this takes some 100 us of CPU time: see
  // BM_OwnPages. Changes nothing but `pages`. Where it fails, pages.known stays
  // false: without CONFIG_NUMA or CONFIG_PROC_PAGE_MONITOR, without /proc, and
  // with a seccomp filter against move_pages(2).
  absl::Status Count(PagesRecord& pages) const;

 private:
  explicit OwnPages(std::vector<uint64_t> had) : had_(std::move(had)) {}

  std::vector<uint64_t> had_;  // Numbers of pages, ascending.
};

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_PLACE_OWN_PAGES_H_
