// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_PROC_HOST_COUNTERS_H_
#define KTSTR_BASE_PROC_HOST_COUNTERS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace ktstr {

// Where one CPU's time went since boot, in ns but counted in clock ticks (10
// ms) and, without CONFIG_VIRT_CPU_ACCOUNTING, sampled: fit to find foreign
// load on the host over seconds, never to measure a worker.
struct CpuTimes {
  int64_t busy_ns = 0;  // user, nice, system, irq and softirq; guests included.
  int64_t steal_ns = 0;  // Wanted by this machine, taken by its hypervisor.
  int64_t idle_ns = 0;   // idle and iowait.
};

// By CPU number, from `proc_root`/stat: the CPUs that are online. Errors carry
// errno; kDataLoss if the file is not of that form.
absl::StatusOr<std::map<uint32_t, CpuTimes>> ReadCpuTimes(
    const std::string& proc_root = "/proc");

}  // namespace ktstr

#endif  // KTSTR_BASE_PROC_HOST_COUNTERS_H_
