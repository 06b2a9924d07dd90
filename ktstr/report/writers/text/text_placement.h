// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_TEXT_PLACEMENT_H_
#define KTSTR_REPORT_WRITERS_TEXT_TEXT_PLACEMENT_H_

#include <string>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// Where and as what workers were, in lines of at most kTextColumns; "" for what
// there is not.

// For the head: what was asked, in the words of the flags, and which of what
// could be asked this host cannot do.
std::string AskedPlacement(const proto::Report& report);

// A row for each cgroup; "-" is what was not measured, and the weight of one
// that has no share of CPU of its own. CPU share is of all of them together,
// stalled is how long some of its workers wanted to run and did not.
std::string CgroupTable(const proto::Stressor& stressor);

// On whose nodes the pages of each role are, unless there is but one node and
// they are on it; settings of workers and cgroups that are not what was asked;
// cgroups that are left over.
std::string PlacementFindings(const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_TEXT_PLACEMENT_H_
