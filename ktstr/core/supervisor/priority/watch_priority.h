// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_SUPERVISOR_PRIORITY_WATCH_PRIORITY_H_
#define KTSTR_CORE_SUPERVISOR_PRIORITY_WATCH_PRIORITY_H_

#include "absl/status/statusor.h"
#include "ktstr/base/sched/sched_attr.h"

namespace ktstr {

// While it exists, the calling thread gets a CPU soon although workers that
// never sleep want them all: it must not be late with the stop. Against fair
// workers that is the shortest slice; against real-time ones, or if it is
// real-time itself so that workers inherit that, SCHED_FIFO at 99. What is
// refused is not had: then the stop latency tells. What is forked meanwhile
// inherits it.
class WatchPriority final {
 public:
  // `against_real_time`: some worker is fifo, rr or deadline.
  explicit WatchPriority(bool against_real_time);
  // As it was before.
  ~WatchPriority();
  WatchPriority(const WatchPriority&) = delete;
  WatchPriority& operator=(const WatchPriority&) = delete;

 private:
  const absl::StatusOr<SchedState> before_;
  bool raised_ = false;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_PRIORITY_WATCH_PRIORITY_H_
