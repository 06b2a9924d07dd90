// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_SCHED_OWN_SAVED_SCHEDULING_H_
#define KTSTR_BASE_SCHED_OWN_SAVED_SCHEDULING_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/sched_attr.h"

namespace ktstr {

// How and where a thread was scheduled, for bodies that change it and leave the
// thread as it was. A value of the thread that made it.
class SavedScheduling final {
 public:
  // The caller's.
  static absl::StatusOr<SavedScheduling> Save();

  const CpuSet& cpus() const { return cpus_; }
  const SchedState& sched() const { return sched_; }

  // Gives the caller back what differs now: policy, reset-on-fork, nice, time
  // slice, then CPUs. The error says what was refused; the rest is tried all
  // the same.
  absl::Status Restore() const;

 private:
  SavedScheduling(const CpuSet& cpus, const SchedState& sched)
      : cpus_(cpus), sched_(sched) {}
  absl::Status RestoreSched() const;
  absl::Status RestoreCpus() const;

  CpuSet cpus_;
  SchedState sched_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_OWN_SAVED_SCHEDULING_H_
