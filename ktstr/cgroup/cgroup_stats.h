// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CGROUP_CGROUP_STATS_H_
#define KTSTR_CGROUP_CGROUP_STATS_H_

#include <cstdint>
#include <string>

namespace ktstr {

// What the kernel counted for a cgroup and all below it since it was made, or
// between two readings. Values mean something where their `_known` says so, and
// are 0 otherwise.
struct CgroupStats {
  // cpu.stat (v2, in steps of 1 us), cpuacct.usage (v1).
  bool usage_known = false;
  int64_t usage_ns = 0;
  int64_t user_ns = 0;
  int64_t system_ns = 0;

  // cpu.stat where the controller cpu is: what cpu.max did.
  bool bandwidth_known = false;
  int64_t periods = 0;
  int64_t throttled_periods = 0;
  int64_t throttled_ns = 0;

  // cpu.pressure (v2, CONFIG_PSI and not off): how long some, or all, that
  // wanted to run could not. The kernel adds up every 2 s or when it is read.
  bool pressure_known = false;
  int64_t some_stalled_ns = 0;
  int64_t full_stalled_ns = 0;
};

// What happened from `earlier` to `later`. Known only where both are.
CgroupStats operator-(const CgroupStats& later, const CgroupStats& earlier);

// Adds to `stats` what is not known there yet and the files of `folder` tell,
// one of v1 or v2.
void AddStatsOf(const std::string& folder, CgroupStats& stats);

}  // namespace ktstr

#endif  // KTSTR_CGROUP_CGROUP_STATS_H_
