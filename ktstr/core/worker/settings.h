// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Where and as what a worker runs: asked of the kernel, then read back.
#ifndef KTSTR_CORE_WORKER_SETTINGS_H_
#define KTSTR_CORE_WORKER_SETTINGS_H_

#include <sys/types.h>

#include <cstdint>

#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

struct WorkerSettings {
  const CpuSet* cpus = nullptr;      // Null: inherit, and ask for nothing.
  const SchedSpec* sched = nullptr;  // The same.
  // Of it nice, uclamp, slice_ns, autogroup, core_cookie, memory and user;
  // null: nothing is asked.
  const PlacementOptions* placement = nullptr;
  int64_t timer_slack_ns = 1;  // >= 1.
  // RLIMIT_RTTIME of the process, for workers that are or become real-time:
  // SIGXCPU after so much run time without sleep, SIGKILL a second later. 0:
  // none.
  int64_t rt_limit_ns = 0;
  // The worker whose core scheduling cookie is shared, of the same stressor and
  // with a lower index; it is waited for. Null: a cookie of its own.
  const WorkerRecord* cookie_from = nullptr;
  pid_t parent = 0;  // The supervisor. Only a change of user needs it.
};

// Applies `settings` to the calling thread and writes what was asked, what
// the kernel says it is now, errno of what it refused, and why, into `record`.
// Nothing is silent and nothing stops the worker: the report tells. Only a
// worker that loses its parent while it changes its user exits, as it would
// have been killed.
//
// Some answers are what the kernel has by design, and count as applied:
//  - real-time and deadline threads have no timer slack: "0 (real-time)";
//  - they keep nice for later;
//  - autogroup and RLIMIT_RTTIME are of the process, also in thread mode.
// A deadline worker's children are normal threads, as it could have none
// otherwise. Not applied is what the kernel takes without effect: `ext` while
// no sched_ext scheduler is loaded, a slice before Linux 6.12, an autogroup in
// a cgroup that has the cpu controller. Nor is a slice for a policy that has
// none.
void ApplySettings(const WorkerSettings& settings, WorkerRecord& record);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_SETTINGS_H_
