// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_VERDICT_H_
#define KTSTR_REPORT_VERDICT_H_

#include <cstdint>
#include <string>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// Whether `report` has cells, or is to have them, instead of stressors.
bool IsMerged(const proto::Report& report);

// What a stressor comes to, from its checks and the way it went: FAIL if a
// check failed or it could not be set up; else SKIP if this host cannot run
// it, or its proof could not be judged, or nothing was checked; else PASS.
proto::Verdict VerdictOf(const proto::Stressor& stressor);

// What the run comes to, from the verdicts of its stressors: FAIL if any
// failed, PASS if any passed, else SKIP.
proto::Verdict VerdictOf(const proto::Report& report);

// Why a stressor is SKIP: the reason for people. Empty if it is not.
std::string SkipReason(const proto::Stressor& stressor);

// Ends the report: sets its end and its verdict. The stressors have theirs.
void Conclude(int64_t ended_unix_ns, proto::Report& report);

// The exit code of a run: 128 + N if signal N ended it, else 0 for PASS, 1
// for FAIL, 4 for SKIP. `report` is concluded.
int ExitCode(const proto::Report& report);

}  // namespace ktstr

#endif  // KTSTR_REPORT_VERDICT_H_
