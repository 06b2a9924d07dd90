// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_SCHED_OWN_SCHED_SIGHT_H_
#define KTSTR_BASE_SCHED_OWN_SCHED_SIGHT_H_

#include <cstdint>
#include <string>

#include "ktstr/base/sched/sched_spec.h"

namespace ktstr {

// What the kernel said of a thread at one moment: for a proof that it really
// had the policy and the CPU that it was to have. Plain data that may live in
// shared memory, where zeroes are one that was never taken.
struct SchedSight {
  bool taken = false;
  SchedSpec spec;
  uint32_t cpu = 0;
  int64_t at_ns = 0;   // CLOCK_MONOTONIC.
  int64_t cpu_ns = 0;  // CPU time of the thread so far.

  bool Is(const SchedSpec& wanted, uint32_t wanted_cpu) const {
    return taken && spec == wanted && cpu == wanted_cpu;
  }
  // "fifo:50 on CPU 1", or "not seen".
  std::string ToText() const;
};

// Of the begin and the end of a stretch of time.
struct SchedSights {
  SchedSight begin;
  SchedSight end;

  bool Are(const SchedSpec& wanted, uint32_t cpu) const {
    return begin.Is(wanted, cpu) && end.Is(wanted, cpu);
  }
  bool AreOn(uint32_t cpu) const {
    return begin.taken && end.taken && begin.cpu == cpu && end.cpu == cpu;
  }
  // CPU time that the thread used meanwhile.
  int64_t CpuNanos() const { return end.cpu_ns - begin.cpu_ns; }
  // "normal on CPU 1, then fifo:50 on CPU 1".
  std::string ToText() const;
};

// The caller's. Not taken if the kernel would not tell. Allocates nothing
// unless it refuses.
SchedSight LookAtOwnSched();

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_OWN_SCHED_SIGHT_H_
