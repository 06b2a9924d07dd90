// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_CGROUP_SHARE_CGROUP_SHARE_H_
#define KTSTR_CHECKS_CGROUP_SHARE_CGROUP_SHARE_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// Whether `stressor` has the check below: with two cgroups or more, also if it
// was not to be run with them in the end.
bool HasCgroupShare(const proto::Options& options,
                    const proto::Stressor& stressor);

// `cgroup_share`: each cgroup had the share of CPU time that its weight
// promises, within 5 % of it (0.25 of the CPUs may be 0.2375 to 0.2625), of
// what others left of each CPU. SKIP, with what to do, where it cannot be told:
// see FairContest(). Then also a run so short that a few time slices are more
// than the 5 %.
//
// Free workers are no failure of the kernel's but cannot be judged: what each
// cgroup is promised depends on who meets whom on a CPU.
proto::Check CheckCgroupShare(const proto::Options& options,
                              const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_CGROUP_SHARE_CGROUP_SHARE_H_
