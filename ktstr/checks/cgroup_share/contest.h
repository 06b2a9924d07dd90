// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_CGROUP_SHARE_CONTEST_H_
#define KTSTR_CHECKS_CGROUP_SHARE_CONTEST_H_

#include "absl/status/statusor.h"
#include "ktstr/checks/cgroup_share/promise.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// The cgroups of `stressor`, in their order, as contenders for CPU time of whom
// weights alone decide. FailedPrecondition where something else did, or may
// have; the message says what, and what to do about it:
//  - a cgroup has no share of its own, is idle by weight, was throttled or not
//    given its weight, or the kernel does not tell what it used;
//  - a worker is in none of them, did not run to the end, waited, is not pinned
//    to one CPU, or is scheduled in another way than fairly and like the rest;
//  - no two of them meet on a CPU;
//  - others of the run were on the CPUs (--together), or siblings were kept
//    idle (--core_cookie).
absl::StatusOr<Contest> FairContest(const proto::Options& options,
                                    const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_CGROUP_SHARE_CONTEST_H_
