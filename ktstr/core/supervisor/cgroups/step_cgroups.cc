// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/cgroups/step_cgroups.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/supervisor/cgroups/crew_cgroups.h"

namespace ktstr {

absl::Status StepCgroups::Open() {
  if (hierarchy_.has_value()) return absl::OkStatus();
  KTSTR_ASSIGN_OR_RETURN(CgroupHierarchy hierarchy, CgroupHierarchy::Read());
  // What is kept has a process that is not ours to end.
  RemoveStaleCgroups(hierarchy, placement_.cgroup);
  if (!placement_.cgroups.empty()) {
    KTSTR_ASSIGN_OR_RETURN(CgroupTree tree,
                           CgroupTree::Create(hierarchy, placement_.cgroup));
    tree_.emplace(std::move(tree));
  }
  hierarchy_.emplace(std::move(hierarchy));
  return absl::OkStatus();
}

absl::StatusOr<CrewCgroups> StepCgroups::Make(const PlannedStressor& planned,
                                              WorkerMode mode) {
  KTSTR_RETURN_IF_ERROR(Open());
  if (!tree_.has_value()) {
    return CrewCgroups::Use(*hierarchy_, placement_.cgroup, planned);
  }
  return CrewCgroups::Make(*tree_, placement_.cgroups,
                           is_shared_ ? absl::StrCat(planned.alias, ".") : "",
                           planned, mode);
}

absl::StatusOr<CrewCgroups> StepCgroups::MakeFor(const PlannedStressor& planned,
                                                 WorkerMode mode) {
  if (placement_.cgroups.empty() && placement_.cgroup.empty()) {
    return CrewCgroups();
  }
  absl::StatusOr<CrewCgroups> made = Make(planned, mode);
  if (absl::IsPermissionDenied(made.status()) ||
      absl::IsFailedPrecondition(made.status())) {
    return absl::UnimplementedError(made.status().message());
  }
  return made;
}

absl::Status StepCgroups::Remove() {
  return tree_.has_value() ? tree_->Remove() : absl::OkStatus();
}

}  // namespace ktstr
