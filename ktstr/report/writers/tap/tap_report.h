// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TAP_TAP_REPORT_H_
#define KTSTR_REPORT_WRITERS_TAP_TAP_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/tap/tap_tests.h"

namespace ktstr {

// A report of stressors as tests of one depth, which are its own: first the
// stressors, then what was checked of the run as a whole.

// How many tests it is: what was planned, and what is there without a plan.
int TapTestsOf(const proto::Report& report);

absl::Status BeginTapReport(const proto::Report& report, TapTests& tests);
absl::Status TapStressor(const proto::Report& report,
                         const proto::Stressor& stressor, TapTests& tests);

// A stressor that was planned and did not run is a SKIP that says why, a check
// without a verdict failed.
absl::Status EndTapReport(const proto::Report& report, TapTests& tests);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TAP_TAP_REPORT_H_
