// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The loop of a run: step by step from the plan to the report.
#ifndef KTSTR_CLI_RUN_RUNNER_H_
#define KTSTR_CLI_RUN_RUNNER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ktstr/base/clock.h"
#include "ktstr/checks/requested/condition.h"
#include "ktstr/core/host/host_context.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/build_report.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/stream_writer.h"

namespace ktstr {

struct RunRequest {
  RunIdentity identity;  // With the number of repeats.
  Plan plan;
  HostContext host;
  TickClock::Reading first_reading = {};  // Of Supervision.
  std::vector<Condition> conditions;
  bool fail_fast = false;
  std::vector<std::string> planned_checks;  // Of the run as a whole.
  // The run goes on when it can no longer be shown: the report also goes
  // elsewhere.
  bool outlives_writer = false;
};

// What happens outside of the loop; tests put in what they need.
struct RunHooks {
  std::function<StepResult(const PlanStep& step, const RunOptions& options)>
      run_step;
  // Number of the signal that is to end the run, 0 if there is none.
  std::function<int()> interrupted;
  std::function<int64_t()> now_unix_ns;
  // The next step begins, with stressors of these names; may be empty.
  std::function<void(const std::vector<std::string>& names)> on_step = {};
  // False where the rest of the run would mean nothing; may be empty.
  std::function<bool()> may_go_on = {};
  // Adds to the report what is known when the last step is over; may be empty.
  std::function<void(proto::Report&)> finish = {};
};

struct RunOutcome {
  proto::Report report;  // Concluded, whatever happened.
  absl::Status shown;    // The writer's first error.
};

// Runs all steps, `identity.repeats` times, unless a signal, a failure with
// fail_fast, the hook may_go_on or a writer that is stuck ends it before. Each
// stressor is judged and shown as soon as its step is over.
RunOutcome RunPlan(const RunRequest& request, const RunHooks& hooks,
                   StreamWriter& writer);

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_RUNNER_H_
