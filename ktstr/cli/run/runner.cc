// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/runner.h"

#include <cstdint>
#include <string>
#include <vector>

#include "ktstr/checks/all_checks.h"
#include "ktstr/report/verdict.h"

namespace ktstr {
namespace {

class Runner {
 public:
  Runner(const RunRequest& request, const RunHooks& hooks, StreamWriter& writer)
      : request_(request),
        hooks_(hooks),
        writer_(writer),
        report_(StartReport(request.identity, request.plan, request.host)) {
    for (const std::string& name : request.planned_checks) {
      report_.add_planned_checks(name);
    }
  }

  RunOutcome Run() {
    Show(writer_.Begin(report_));
    for (uint32_t repeat = 1; repeat <= request_.identity.repeats; ++repeat) {
      for (const PlanStep& step : request_.plan.steps) {
        if (MustEnd()) return End();
        RunStep(step, repeat);
      }
    }
    return End();
  }

 private:
  void RunStep(const PlanStep& step, uint32_t repeat) {
    TellNames(step, repeat);
    const int before = report_.stressors_size();
    AddStep(hooks_.run_step(step, request_.plan.options), repeat, report_);
    for (int i = before; i < report_.stressors_size(); ++i) {
      proto::Stressor& stressor = *report_.mutable_stressors(i);
      for (proto::Check& line :
           AllChecks(report_.options(), request_.conditions, stressor)) {
        *stressor.add_checks() = std::move(line);
      }
      stressor.set_verdict(VerdictOf(stressor));
      failed_ |= stressor.verdict() == proto::FAIL;
      Show(writer_.Stressor(report_, stressor));
    }
  }

  void TellNames(const PlanStep& step, uint32_t repeat) const {
    if (!hooks_.on_step) return;
    std::vector<std::string> names;
    for (const PlannedStressor& planned : step.stressors) {
      names.push_back(ReportName(planned.alias, repeat));
    }
    hooks_.on_step(names);
  }

  bool MustEnd() {
    if (report_.interrupted_by() == 0) {
      report_.set_interrupted_by(hooks_.interrupted());
    }
    if (report_.interrupted_by() != 0) return true;
    if (!shown_.ok() && !request_.outlives_writer) return true;
    if (hooks_.may_go_on && !hooks_.may_go_on()) return true;
    return failed_ && request_.fail_fast;
  }

  RunOutcome End() {
    if (hooks_.finish) hooks_.finish(report_);
    Conclude(hooks_.now_unix_ns(), report_);
    Show(writer_.End(report_));
    return {std::move(report_), shown_};
  }

  void Show(const absl::Status& status) { shown_.Update(status); }

  const RunRequest& request_;
  const RunHooks& hooks_;
  StreamWriter& writer_;
  proto::Report report_;
  absl::Status shown_;
  bool failed_ = false;
};

}  // namespace

RunOutcome RunPlan(const RunRequest& request, const RunHooks& hooks,
                   StreamWriter& writer) {
  return Runner(request, hooks, writer).Run();
}

}  // namespace ktstr
