// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// From options and names to what will run: every value checked, every worker
// counted, before anything starts.
#ifndef KTSTR_CORE_PLAN_H_
#define KTSTR_CORE_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/stressor.h"

namespace ktstr {

// A stressor to run, under a name that is its own in the run.
struct Selection {
  std::string alias;
  const StressorDef* def = nullptr;
};

// Where and as what one worker is to be.
struct PlacedWorker {
  static constexpr uint32_t kNoCgroup = UINT32_MAX;

  std::optional<CpuSet> cpus;      // Absent: inherited, and nothing is asked.
  std::optional<SchedSpec> sched;  // Absent: nothing is asked.
  uint32_t cgroup = kNoCgroup;     // Index into PlacementOptions::cgroups.
};

struct PlannedStressor {
  std::string alias;
  const StressorDef* def = nullptr;
  std::vector<ParamText> texts;    // What the user set.
  std::vector<ParamValue> params;  // What holds, defaults included.
  uint32_t group_size = 1;
  uint32_t workers = 1;            // A positive multiple of group_size.
  std::vector<std::string> roles;  // By position; group_size of them.
  // By index; empty: all inherit (see PlacePlan).
  std::vector<PlacedWorker> placed;
  // Unimplemented, with the reason, where this machine cannot place them.
  absl::Status placement;
};

// Stressors that run at the same time.
struct PlanStep {
  std::vector<PlannedStressor> stressors;
};

struct Plan {
  RunOptions options;
  std::vector<PlanStep> steps;
};

// Makes the plan for `selections`. `words` are the parameters: `depth=8` with
// one selection, `alias.depth=8` with any number. InvalidArgument or
// OutOfRange say which value cannot be, and what could.
absl::StatusOr<Plan> MakePlan(const RunOptions& options,
                              absl::Span<const Selection> selections,
                              absl::Span<const ParamText> words);

// Returns the plan for people: one line for each worker, with where it runs
// and as what.
std::string DescribePlan(const Plan& plan);

}  // namespace ktstr

#endif  // KTSTR_CORE_PLAN_H_
