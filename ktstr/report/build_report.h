// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_BUILD_REPORT_H_
#define KTSTR_REPORT_BUILD_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ktstr/core/host/host_context.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// What a report says about the run as a whole.
struct RunIdentity {
  std::string version = {};  // Of ktstr.
  std::vector<std::string> command_line = {};
  int64_t started_unix_ns = 0;
  uint32_t repeats = 1;
};

// The name that a stressor has in the report and in test results: its alias
// the first time, then "alias.2", "alias.3". `repeat` counts from 1.
std::string ReportName(absl::string_view alias, uint32_t repeat);

// The report of a run that begins: all that is known before the first step.
proto::Report StartReport(const RunIdentity& identity, const Plan& plan,
                          const HostContext& host);

// Appends the stressors of `step` to `report`, as repetition `repeat` (from
// 1), without checks and verdict. Remembers an interrupt.
void AddStep(const StepResult& step, uint32_t repeat, proto::Report& report);

}  // namespace ktstr

#endif  // KTSTR_REPORT_BUILD_REPORT_H_
