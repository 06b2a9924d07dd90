// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_CGROUP_SHARE_PROMISE_H_
#define KTSTR_CHECKS_CGROUP_SHARE_PROMISE_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/types/span.h"

namespace ktstr {

// A cgroup whose workers are pinned to a CPU each and never wait.
struct Contender {
  double weight = 0;                       // Above 0.
  std::map<uint32_t, uint32_t> cpus = {};  // How many workers are on each CPU.
};

struct Contest {
  std::vector<Contender> contenders = {};
  // How much of each CPU all of them had. Empty: unknown, and taken to be the
  // same of each.
  std::map<uint32_t, double> cpu_ns = {};
};

// What weights promise to a contender.
struct Promise {
  double share = 0;  // Of the CPU time of all contenders, 0 .. 1.
  double least = 0;  // Of one CPU: that of its own on which it has least.
};

// In the order of the contenders, each of which has a worker (checked).
//
// On each CPU those with workers there compete for what others leave of it,
// which need not be the same everywhere. A cgroup's weight is spread over CPUs
// by the load that it has there (calc_group_shares() in kernel/sched/fair.c):
// over equal workers, so much of it as of them.
std::vector<Promise> PromisesIn(const Contest& contest);

// Whether there is a CPU on which two of them meet. If not, weights decide
// nothing.
bool Compete(absl::Span<const Contender> contenders);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_CGROUP_SHARE_PROMISE_H_
