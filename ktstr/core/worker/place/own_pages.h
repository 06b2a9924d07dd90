// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_WORKER_PLACE_OWN_PAGES_H_
#define KTSTR_CORE_WORKER_PLACE_OWN_PAGES_H_

#include "absl/status/status.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// Counts on which nodes the worker's own pages are, and on which the CPU is
// that it is on now.
//
// Own are the pages in private writable mappings of a process (heap, stack,
// data) that it has to itself: what it still shares with the supervisor that it
// was forked from was put where that ran. A thread's own are those of its
// stack, since all else is everybody's. Which they are is asked of
// /proc/thread-self/pagemap; at most 256 of the first 2048, or of as many
// evenly over larger memory, are then looked up.
//
// For the end of a body, as all of this takes some 100 us of CPU time: see
// BM_OwnPages. Changes nothing but `pages`. Where it fails, pages.known stays
// false: without CONFIG_NUMA or CONFIG_PROC_PAGE_MONITOR, without /proc, and
// with a seccomp filter against move_pages(2).
absl::Status CountOwnPages(PagesRecord& pages);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_PLACE_OWN_PAGES_H_
