// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/place_plan.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/core/placement/affinity_spec.h"
#include "ktstr/core/placement/place_workers.h"
#include "ktstr/core/placement/placement_options.h"

namespace ktstr {
namespace {

std::vector<absl::string_view> RolesOf(const Plan& plan) {
  std::vector<absl::string_view> roles;
  for (const PlanStep& step : plan.steps) {
    for (const PlannedStressor& planned : step.stressors) {
      for (const std::string& role : planned.roles) {
        if (!absl::c_linear_search(roles, role)) roles.push_back(role);
      }
    }
  }
  return roles;
}

absl::Status CheckRole(absl::string_view flag, absl::string_view role,
                       const std::vector<absl::string_view>& roles) {
  if (absl::c_linear_search(roles, role)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--", flag, ": no worker of this run is a '", role, "'; there are ",
      absl::StrJoin(roles, ", "), DidYouMean(role, roles)));
}

absl::Status CheckRoles(const PlacementOptions& placement, const Plan& plan) {
  const std::vector<absl::string_view> roles = RolesOf(plan);
  for (const AffinitySpec::RoleCpus& role : placement.affinity.roles) {
    KTSTR_RETURN_IF_ERROR(CheckRole("affinity", role.role, roles));
  }
  if (!placement.sched.has_value()) return absl::OkStatus();
  for (const auto& [role, spec] : placement.sched->roles) {
    KTSTR_RETURN_IF_ERROR(CheckRole("sched", role, roles));
  }
  return absl::OkStatus();
}

// Of the roles that are named, those that this stressor has.
AffinitySpec SpecFor(const PlannedStressor& planned, AffinitySpec spec) {
  spec.roles.erase(std::remove_if(spec.roles.begin(), spec.roles.end(),
                                  [&](const AffinitySpec::RoleCpus& role) {
                                    return !absl::c_linear_search(planned.roles,
                                                                  role.role);
                                  }),
                   spec.roles.end());
  // None of them: all its workers may be anywhere.
  if (spec.kind == AffinitySpec::Kind::kRoles && spec.roles.empty()) {
    spec.kind = AffinitySpec::Kind::kAll;
  }
  return spec;
}

// Stressors that run together draw CPUs of their own.
uint64_t SeedFor(const PlannedStressor& planned, uint64_t seed) {
  // FNV-1a, of which only the same value everywhere is asked.
  for (const char c : planned.alias) {
    seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return seed;
}

absl::Status PlaceOnCpus(const RunOptions& options, const Topology& topology,
                         PlannedStressor& planned) {
  const AffinitySpec spec = SpecFor(planned, options.placement.affinity);
  if (spec.kind == AffinitySpec::Kind::kInherit) {
    for (PlacedWorker& worker : planned.placed) {
      if (options.cpus_given) worker.cpus = options.cpus;
    }
    return absl::OkStatus();
  }
  std::vector<WorkerSlot> slots;
  slots.reserve(planned.workers);
  for (uint32_t i = 0; i < planned.workers; ++i) {
    const uint32_t position = i % planned.group_size;
    slots.push_back(
        {i / planned.group_size, position, planned.roles[position]});
  }
  const absl::StatusOr<std::vector<CpuSet>> cpus = PlaceWorkers(
      spec, topology, options.cpus, slots, SeedFor(planned, options.seed));
  if (absl::IsUnimplemented(cpus.status())) {
    planned.placement = cpus.status();
    return absl::OkStatus();
  }
  if (!cpus.ok()) {
    return absl::Status(cpus.status().code(),
                        absl::StrCat("--affinity: ", cpus.status().message()));
  }
  for (uint32_t i = 0; i < planned.workers; ++i) {
    planned.placed[i].cpus = (*cpus)[i];
  }
  return absl::OkStatus();
}

absl::Status DealByCount(const std::vector<CgroupSpec>& cgroups,
                         PlannedStressor& planned) {
  uint32_t next = 0;
  for (uint32_t i = 0; i < cgroups.size(); ++i) {
    if (cgroups[i].workers % planned.group_size != 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--cgroups: '", cgroups[i].name, "' has workers=", cgroups[i].workers,
          ", which is not a multiple of its group of ", planned.group_size));
    }
    for (uint32_t n = 0; n < cgroups[i].workers; ++n, ++next) {
      if (next < planned.workers) planned.placed[next].cgroup = i;
    }
  }
  if (next == planned.workers) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--cgroups: their workers= are ", next, " together, but ",
                   planned.workers, " workers run"));
}

absl::Status PlaceInCgroups(const std::vector<CgroupSpec>& cgroups,
                            PlannedStressor& planned) {
  if (cgroups.empty()) return absl::OkStatus();
  const auto counted = absl::c_count_if(
      cgroups, [](const CgroupSpec& spec) { return spec.workers != 0; });
  if (counted != 0) {
    if (static_cast<size_t>(counted) == cgroups.size()) {
      return DealByCount(cgroups, planned);
    }
    return absl::InvalidArgumentError(
        "--cgroups: workers= is for all of them or for none");
  }
  const uint32_t groups = planned.workers / planned.group_size;
  if (groups < cgroups.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--cgroups: ", cgroups.size(), " cgroups for ", groups,
        groups == 1 ? " group" : " groups", " of workers; raise --workers to ",
        cgroups.size() * planned.group_size));
  }
  for (uint32_t i = 0; i < planned.workers; ++i) {
    planned.placed[i].cgroup = static_cast<uint32_t>(
        uint64_t{i / planned.group_size} * cgroups.size() / groups);
  }
  return absl::OkStatus();
}

void PlaceInPolicies(const PlacementOptions& placement,
                     PlannedStressor& planned) {
  if (!placement.sched.has_value()) return;
  for (uint32_t i = 0; i < planned.workers; ++i) {
    const SchedSpec* spec =
        placement.sched->For(planned.roles[i % planned.group_size]);
    if (spec != nullptr) planned.placed[i].sched = *spec;
  }
}

// A CPU has to be left on which the rest of the machine gets on.
absl::Status LeaveACpu(const RunOptions& options, const PlanStep& step) {
  if (options.placement.allow_rt_everywhere) return absl::OkStatus();
  CpuSet taken;
  std::string policy;
  for (const PlannedStressor& planned : step.stressors) {
    for (const PlacedWorker& worker : planned.placed) {
      if (!worker.sched.has_value()) continue;
      if (!worker.sched->IsRealTime() &&
          worker.sched->policy != SchedPolicy::kDeadline) {
        continue;
      }
      if (policy.empty()) policy = worker.sched->ToText();
      taken = taken.Union(worker.cpus.value_or(options.cpus));
    }
  }
  if (policy.empty() || !options.machine_cpus.Difference(taken).empty()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "workers of ", policy, " may be on all CPUs (", taken.ToString(),
      "), which leaves none for the rest of the machine: keep one free, as "
      "with --cpus='!cpu:",
      taken.First(), "', or give --allow_rt_everywhere"));
}

absl::Status Place(const RunOptions& options, const Topology& topology,
                   PlannedStressor& planned) {
  planned.placed.resize(planned.workers);
  PlaceInPolicies(options.placement, planned);
  KTSTR_RETURN_IF_ERROR(PlaceOnCpus(options, topology, planned));
  return PlaceInCgroups(options.placement.cgroups, planned);
}

}  // namespace

absl::Status PlacePlan(const Topology& topology, Plan& plan) {
  KTSTR_RETURN_IF_ERROR(CheckRoles(plan.options.placement, plan));
  for (PlanStep& step : plan.steps) {
    for (PlannedStressor& planned : step.stressors) {
      const absl::Status status = Place(plan.options, topology, planned);
      if (status.ok()) continue;
      return absl::Status(status.code(),
                          absl::StrCat(planned.alias, ": ", status.message()));
    }
    KTSTR_RETURN_IF_ERROR(LeaveACpu(plan.options, step));
  }
  return absl::OkStatus();
}

}  // namespace ktstr
