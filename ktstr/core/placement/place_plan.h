// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// From the placement that was asked for to where each worker of a plan goes.
#ifndef KTSTR_CORE_PLACEMENT_PLACE_PLAN_H_
#define KTSTR_CORE_PLACEMENT_PLACE_PLAN_H_

#include "absl/status/status.h"
#include "ktstr/core/plan.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// Fills PlannedStressor::placed and ::placement for all of `plan`, as
// plan.options.placement asks, on the machine `topology` of which
// plan.options.cpus may be used. Errors, which begin with the stressor's name,
// are mistakes of the user's:
//  - a role in --affinity or --sched that no stressor of the run has,
//  - CPU words that do not exist, are not allowed or leave none,
//  - cgroups whose workers= do not add up to the stressor's workers or do not
//    hold whole groups,
//  - real-time or deadline workers whose CPUs together are all of
//    plan.options.machine_cpus, unless --allow_rt_everywhere.
// What only this machine cannot do is no error but PlannedStressor::placement.
//
// Cgroups get the workers in order: as many as workers= says, or else whole
// groups in turn, as evenly as it goes.
absl::Status PlacePlan(const Topology& topology, Plan& plan);

}  // namespace ktstr

#endif  // KTSTR_CORE_PLACEMENT_PLACE_PLAN_H_
