// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_RUN_CHECKS_H_
#define KTSTR_CHECKS_RUN_CHECKS_H_

#include <vector>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// The checks that a run as a whole can have: what goes into
// Report.planned_checks before it begins.
//
// `guest`: the virtual machine reported all, nothing of that was lost, and it
// ended by itself.
inline constexpr char kGuestCheck[] = "guest";
// `topology`: the guest's kernel saw the CPUs, nodes, LLCs, cores and SMT
// siblings that were asked for.
inline constexpr char kTopologyCheck[] = "topology";
// `scheduler`: the sched_ext scheduler was loaded and stayed so to the end.
inline constexpr char kSchedulerCheck[] = "scheduler";

// Returns a line for each name in `report.planned_checks`, in that order, none
// else. What cannot be judged, because the report says nothing of it or there
// is no such check, is FAIL.
std::vector<proto::Check> RunChecks(const proto::Report& report);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_RUN_CHECKS_H_
