// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What holds for a whole run, as plain data: the flags after they were read.
#ifndef KTSTR_CORE_RUN_OPTIONS_H_
#define KTSTR_CORE_RUN_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/placement/placement_options.h"

namespace ktstr {

// How workers come to be: each a process, or all of a stressor's workers
// threads of one process that the supervisor watches.
enum class WorkerMode { kFork, kThread };

struct RunOptions {
  absl::Duration duration = absl::Seconds(5);  // > 0.
  uint64_t iterations = 0;  // Bound for each worker; 0 is none.
  uint32_t workers = 0;     // Of each stressor; 0 covers the CPUs.
  WorkerMode mode = WorkerMode::kFork;
  CpuSet cpus;              // Where workers may run; never empty.
  bool cpus_given = false;  // False: workers inherit their affinity.
  CpuSet machine_cpus;      // That ktstr itself may use; holds `cpus`.
  PlacementOptions placement;
  uint64_t seed = 1;  // All random choices derive from it.
  absl::Duration grace = absl::Seconds(2);  // From stop to SIGKILL.
  absl::Duration timer_slack = absl::Nanoseconds(1);
  uint32_t samples = 0;   // Raw values kept for each metric of a worker.
  bool together = false;  // All stressors at once, not one after another.
  // How much of a real CPU each CPU of an emulated machine has; else 1.
  double cpu_share = 1;
  // Where other programs are looked for: folders with colons between.
  std::string program_path = "/usr/local/bin:/usr/bin:/bin";
};

}  // namespace ktstr

#endif  // KTSTR_CORE_RUN_OPTIONS_H_
