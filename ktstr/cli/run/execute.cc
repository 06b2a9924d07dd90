// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/execute.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "ktstr/base/clock.h"
#include "ktstr/checks/run_checks.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/run/runner.h"
#include "ktstr/cli/version.h"
#include "ktstr/core/host/abilities/abilities.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/core/supervisor/supervisor.h"
#include "ktstr/report/message/scheduler_proto.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/scheduler/scheduler_run.h"

namespace ktstr {
namespace {

RunRequest MakeRequest(const CliOptions& options, Plan plan,
                       const std::vector<std::string>& command_line) {
  RunRequest request;
  request.first_reading = TickClock::Read();
  request.identity.version = std::string(kVersion);
  request.identity.command_line = command_line;
  request.identity.started_unix_ns = absl::GetCurrentTimeNanos();
  request.identity.repeats = options.repeat;
  request.plan = std::move(plan);
  request.host = ReadHostAndAbilities();
  request.conditions = options.conditions;
  request.fail_fast = options.fail_fast;
  return request;
}

// Starts the scheduler that `options` ask for, if they do.
absl::optional<SchedulerRun> StartScheduler(const CliOptions& options,
                                            const Interrupts& interrupts) {
  if (options.scheduler.empty()) return absl::nullopt;
  SchedulerOptions scheduler;
  scheduler.command = options.scheduler;
  scheduler.interrupt_fd = interrupts.fd();
  return SchedulerRun::Start(std::move(scheduler));
}

// No stressor runs under another scheduler than the one that was asked for.
void AddScheduler(SchedulerRun& scheduler, RunRequest& request,
                  RunHooks& hooks) {
  request.planned_checks.push_back(kSchedulerCheck);
  hooks.may_go_on = [&scheduler] {
    return scheduler.status().ok() && scheduler.Alive();
  };
  hooks.finish = [&scheduler](proto::Report& report) {
    *report.mutable_scheduler() = ToProto(scheduler.Finish());
    for (proto::Check& check : RunChecks(report)) {
      *report.add_checks() = std::move(check);
    }
  };
}

RunHooks MakeHooks(const Audience& audience,
                   const TickClock::Reading& first_reading) {
  Interrupts& interrupts = *audience.interrupts;
  RunHooks hooks;
  hooks.run_step = [&interrupts, &audience, first_reading](
                       const PlanStep& step, const RunOptions& options) {
    Supervision supervision;
    supervision.interrupts = &interrupts;
    supervision.first_reading = first_reading;
    supervision.on_tick = audience.on_live;
    StepResult result = RunStep(step, options, supervision);
    if (audience.on_step_end) audience.on_step_end();
    // No worker is left. If it fails, a second signal waits for the report.
    if (interrupts.first() != 0) interrupts.LetKill().IgnoreError();
    return result;
  };
  hooks.interrupted = [&interrupts] {
    interrupts.Take();
    return interrupts.first();
  };
  hooks.now_unix_ns = [] { return absl::GetCurrentTimeNanos(); };
  hooks.on_step = audience.on_step;
  return hooks;
}

}  // namespace

RunOutcome Execute(const CliOptions& options, Plan plan,
                   const std::vector<std::string>& command_line,
                   const Audience& audience) {
  absl::optional<SchedulerRun> scheduler =
      StartScheduler(options, *audience.interrupts);
  RunRequest request = MakeRequest(options, std::move(plan), command_line);
  request.outlives_writer = audience.outlives_writer;
  RunHooks hooks = MakeHooks(audience, request.first_reading);
  if (scheduler.has_value()) AddScheduler(*scheduler, request, hooks);
  return RunPlan(request, hooks, *audience.writer);
}

}  // namespace ktstr
