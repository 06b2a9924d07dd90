// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_ALL_CHECKS_H_
#define KTSTR_CHECKS_ALL_CHECKS_H_

#include <vector>

#include "absl/types/span.h"
#include "ktstr/checks/requested/condition.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// Returns the lines of `stressor`: those that are always there, `cgroup_share`
// if it was asked to have several cgroups, then one for each condition that is
// for it, always in the same order. A stressor that
// this host cannot run gets SKIP with its reason in every line; one that did
// not get to run otherwise fails `completed`, and the rest is SKIP.
std::vector<proto::Check> AllChecks(const proto::Options& options,
                                    absl::Span<const Condition> conditions,
                                    const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_ALL_CHECKS_H_
