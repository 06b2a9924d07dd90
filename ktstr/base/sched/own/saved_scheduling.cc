// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/own/saved_scheduling.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {

absl::StatusOr<SavedScheduling> SavedScheduling::Save() {
  KTSTR_ASSIGN_OR_RETURN(const CpuSet cpus, GetAffinity(0));
  KTSTR_ASSIGN_OR_RETURN(const SchedState sched, GetSched(0));
  return SavedScheduling(cpus, sched);
}

absl::Status SavedScheduling::Restore() const {
  absl::Status status = RestoreSched();
  status.Update(RestoreCpus());
  return status;
}

absl::Status SavedScheduling::RestoreSched() const {
  KTSTR_ASSIGN_OR_RETURN(const SchedState now, GetSched(0));
  if (now.spec != sched_.spec || now.reset_on_fork != sched_.reset_on_fork) {
    KTSTR_RETURN_IF_ERROR(
        SetSched(0, sched_.spec,
                 {.nice = sched_.nice, .reset_on_fork = sched_.reset_on_fork}));
  } else if (now.nice != sched_.nice) {
    KTSTR_RETURN_IF_ERROR(SetNice(0, sched_.nice));
  }
  // A change of policy drops a slice of its own.
  KTSTR_ASSIGN_OR_RETURN(const int64_t slice_ns, GetFairSlice());
  if (slice_ns == sched_.slice_ns) return absl::OkStatus();
  return SetFairSlice(sched_.slice_ns);
}

absl::Status SavedScheduling::RestoreCpus() const {
  KTSTR_ASSIGN_OR_RETURN(const CpuSet now, GetAffinity(0));
  if (now == cpus_) return absl::OkStatus();
  return SetAffinity(0, cpus_);
}

}  // namespace ktstr
