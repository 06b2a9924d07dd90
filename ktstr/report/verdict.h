// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_VERDICT_H_
#define KTSTR_REPORT_VERDICT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// Whether `report` has cells, or is to have them, instead of stressors.
bool IsMerged(const proto::Report& report);

// The names of what `report` planned and does not hold, in their order.
std::vector<std::string> MissingStressors(const proto::Report& report);
std::vector<std::string> MissingChecks(const proto::Report& report);
std::vector<std::string> MissingCells(const proto::Report& report);

// What a stressor comes to, from its checks and the way it went: FAIL if a
// check failed or it could not be set up; else SKIP if this host cannot run
// it, or its proof could not be judged, or nothing was checked; else PASS.
proto::Verdict VerdictOf(const proto::Stressor& stressor);

// What the run comes to, from the verdicts of its stressors or cells and of
// its own checks: FAIL if any failed, has no verdict, or is a check or cell
// that was planned and is missing (cells may be, if the run was interrupted);
// else PASS if any stressor or cell passed; else SKIP.
proto::Verdict VerdictOf(const proto::Report& report);

// Why a stressor, or a whole run, is SKIP: the reason for people. Empty if it
// is not.
std::string SkipReason(const proto::Stressor& stressor);
std::string SkipReason(const proto::Report& report);

// Ends the report: sets its end and its verdict. The stressors and cells have
// theirs. Each check that was planned and is missing becomes one that failed,
// so that a verdict that got lost cannot pass.
void Conclude(int64_t ended_unix_ns, proto::Report& report);

// The exit code of a run: 128 + N if signal N ended it, else 0 for PASS, 1
// for FAIL, 4 for SKIP. `report` is concluded.
int ExitCode(const proto::Report& report);

}  // namespace ktstr

#endif  // KTSTR_REPORT_VERDICT_H_
