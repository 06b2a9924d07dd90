// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_SUPERVISOR_CGROUPS_STEP_CGROUPS_H_
#define KTSTR_CORE_SUPERVISOR_CGROUPS_STEP_CGROUPS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/supervisor/cgroups/crew_cgroups.h"

namespace ktstr {

// What the cgroups of a step's stressors have in common: the tree that they are
// made in. One at a time in a process. If nothing is asked for, no file is read
// or written.
class StepCgroups final {
 public:
  // `placement` outlives it. `is_shared`: the step has several stressors.
  StepCgroups(const PlacementOptions& placement, bool is_shared)
      : placement_(placement), is_shared_(is_shared) {}

  // Makes what `placement` asks for `planned`, which is to be gone before this
  // object. The first one removes what dead runs left. Unimplemented where this
  // host does not let us have cgroups; any other error is of what was asked.
  absl::StatusOr<CrewCgroups> MakeFor(const PlannedStressor& planned,
                                      WorkerMode mode);

  // Removes what the crews' cgroups were made in; for after their Finish().
  absl::Status Remove();

 private:
  absl::StatusOr<CrewCgroups> Make(const PlannedStressor& planned,
                                   WorkerMode mode);
  absl::Status Open();

  const PlacementOptions& placement_;
  const bool is_shared_;
  absl::optional<CgroupHierarchy> hierarchy_;
  absl::optional<CgroupTree> tree_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_CGROUPS_STEP_CGROUPS_H_
