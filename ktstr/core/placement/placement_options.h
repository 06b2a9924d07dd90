// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Where and as what all workers of a run are to be: the flags after they were
// read. A value; nothing here is true yet.
#ifndef KTSTR_CORE_PLACEMENT_PLACEMENT_OPTIONS_H_
#define KTSTR_CORE_PLACEMENT_PLACEMENT_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/user/user.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/core/placement/affinity_spec.h"

namespace ktstr {

struct ClampRange {
  int min = 0;  // Utilisation, 0 .. 1024.
  int max = 1024;
};

// --autogroup. Workers are born in the session that ktstr was started in.
struct AutogroupOptions {
  bool own = false;  // Each worker process has a session of its own.
  // Of that session's autogroup; with `own` only.
  std::optional<int> nice = std::nullopt;
};

// Who shares a core scheduling cookie with whom.
enum class CookieSharing { kNone, kWorker, kGroup, kAll };

// Nothing is asked of the kernel for what is not set.
struct PlacementOptions {
  AffinitySpec affinity = {};
  std::optional<RoleSched> sched = std::nullopt;
  std::optional<int> nice = std::nullopt;  // -20 .. 19.
  std::optional<ClampRange> uclamp = std::nullopt;
  std::optional<int64_t> slice_ns = std::nullopt;  // 100 us .. 100 ms.
  AutogroupOptions autogroup = {};
  CookieSharing core_cookie = CookieSharing::kNone;
  std::optional<MemoryPolicy> memory = std::nullopt;
  std::optional<UserIds> user = std::nullopt;
  // An existing cgroup, in which workers are, or the new ones are made; "" is
  // that of ktstr itself.
  std::string cgroup = {};
  // To be made for each stressor.
  std::vector<CgroupSpec> cgroups = {};
  bool allow_rt_everywhere = false;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_PLACEMENT_PLACEMENT_OPTIONS_H_
