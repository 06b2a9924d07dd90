// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/runner.h"

#include <errno.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/cli/plan/fake_stressors.h"
#include "ktstr/cli/plan/selection.h"
#include "ktstr/report/verdict.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Writes down what it is told, until it is full.
class Recorder final : public StreamWriter {
 public:
  absl::Status Begin(const proto::Report&) override { return Add("begin"); }
  absl::Status Stressor(const proto::Report&,
                        const proto::Stressor& stressor) override {
    return Add(stressor.name() + " " + proto::Verdict_Name(stressor.verdict()));
  }
  absl::Status Cell(const proto::Report&, const proto::Report& cell) override {
    return Add(cell.cell() + " " + proto::Verdict_Name(cell.verdict()));
  }
  absl::Status End(const proto::Report& report) override {
    return Add("end " + proto::Verdict_Name(report.verdict()));
  }

  std::vector<std::string> lines;
  size_t room = 100;

 private:
  absl::Status Add(const std::string& line) {
    if (lines.size() >= room) return PosixError(EPIPE, "write");
    lines.push_back(line);
    return absl::OkStatus();
  }
};

StepResult GoodStep(const PlanStep& step, const RunOptions&) {
  StepResult result;
  for (const PlannedStressor& planned : step.stressors) {
    StressorResult stressor;
    stressor.alias = planned.alias;
    stressor.stressor = planned.def->name;
    stressor.roles = planned.roles;
    stressor.stop_reason = StopReason::kDuration;
    stressor.proof = "proven";
    stressor.workers.resize(1);
    stressor.workers[0].role = planned.roles[0];
    stressor.workers[0].end = WorkerEnd::kFinished;
    stressor.workers[0].iterations = 1;
    stressor.workers[0].cpus_used = {0};
    result.stressors.push_back(std::move(stressor));
  }
  return result;
}

StepResult DeadStep(const PlanStep& step, const RunOptions& options) {
  StepResult result = GoodStep(step, options);
  for (StressorResult& stressor : result.stressors) {
    stressor.workers[0].end = WorkerEnd::kDied;
    stressor.workers[0].exit_signal = 9;
  }
  return result;
}

RunRequest SpinThenWake() {
  RunOptions options;
  options.cpus = {0, 1};
  RunRequest request;
  request.plan = *MakePlan(
      options, *SelectStressors({"all", "", ""}, FakeStressors()), {});
  return request;
}

RunHooks Hooks(StepResult (*step)(const PlanStep&, const RunOptions&)) {
  return {.run_step = step,
          .interrupted = [] { return 0; },
          .now_unix_ns = [] { return int64_t{7}; }};
}

TEST(RunnerTest, JudgesAndShowsEveryStep) {
  Recorder recorder;
  const RunOutcome outcome = RunPlan(SpinThenWake(), Hooks(GoodStep), recorder);
  EXPECT_THAT(outcome.shown, IsOk());
  EXPECT_THAT(recorder.lines,
              ElementsAre("begin", "spin PASS", "wake PASS", "end PASS"));
  EXPECT_THAT(outcome.report.ended_unix_ns(), 7);
  EXPECT_THAT(ExitCode(outcome.report), 0);
}

TEST(RunnerTest, RepeatsTheWholeRun) {
  RunRequest request = SpinThenWake();
  request.identity.repeats = 2;
  Recorder recorder;
  RunPlan(request, Hooks(GoodStep), recorder);
  EXPECT_THAT(recorder.lines,
              ElementsAre("begin", "spin PASS", "wake PASS", "spin.2 PASS",
                          "wake.2 PASS", "end PASS"));
}

TEST(RunnerTest, GoesOnAfterAFailure) {
  Recorder recorder;
  const RunOutcome outcome = RunPlan(SpinThenWake(), Hooks(DeadStep), recorder);
  EXPECT_THAT(recorder.lines,
              ElementsAre("begin", "spin FAIL", "wake FAIL", "end FAIL"));
  EXPECT_THAT(ExitCode(outcome.report), 1);
}

TEST(RunnerTest, StopsAtTheFirstFailureOnRequest) {
  RunRequest request = SpinThenWake();
  request.fail_fast = true;
  Recorder recorder;
  RunPlan(request, Hooks(DeadStep), recorder);
  EXPECT_THAT(recorder.lines, ElementsAre("begin", "spin FAIL", "end FAIL"));
}

TEST(RunnerTest, ChecksWhatWasAsked) {
  RunRequest request = SpinThenWake();
  request.conditions = {*ParseCondition("iterations.count>1")};
  Recorder recorder;
  const RunOutcome outcome = RunPlan(request, Hooks(GoodStep), recorder);
  const proto::Check& line = *outcome.report.stressors(0).checks().rbegin();
  EXPECT_THAT(line.name(), "check:iterations.count>1");
  EXPECT_THAT(line.verdict(), proto::FAIL);
}

TEST(RunnerTest, EndsBetweenStepsWhenInterrupted) {
  RunHooks hooks = Hooks(GoodStep);
  int asked = 0;
  hooks.interrupted = [&asked] { return ++asked == 2 ? 15 : 0; };
  Recorder recorder;
  const RunOutcome outcome = RunPlan(SpinThenWake(), hooks, recorder);
  EXPECT_THAT(recorder.lines, ElementsAre("begin", "spin PASS", "end PASS"));
  EXPECT_THAT(ExitCode(outcome.report), 128 + 15);
}

TEST(RunnerTest, EndsAfterAStepThatWasInterrupted) {
  Recorder recorder;
  const RunOutcome outcome =
      RunPlan(SpinThenWake(),
              Hooks([](const PlanStep& step, const RunOptions& options) {
                StepResult result = GoodStep(step, options);
                result.interrupted_by = 2;
                result.stressors[0].stop_reason = StopReason::kInterrupted;
                return result;
              }),
              recorder);
  EXPECT_THAT(recorder.lines, ElementsAre("begin", "spin FAIL", "end FAIL"));
  EXPECT_THAT(ExitCode(outcome.report), 128 + 2);
}

TEST(RunnerTest, RunsNothingThatCannotBeShown) {
  Recorder full;
  full.room = 0;
  const RunOutcome outcome = RunPlan(SpinThenWake(), Hooks(GoodStep), full);
  EXPECT_THAT(std::string(outcome.shown.message()), HasSubstr("Broken pipe"));
  EXPECT_THAT(outcome.report.stressors_size(), 0);
}

TEST(RunnerTest, RunsOnWhenTheReportAlsoGoesElsewhere) {
  RunRequest request = SpinThenWake();
  request.outlives_writer = true;
  Recorder full;
  full.room = 1;
  const RunOutcome outcome = RunPlan(request, Hooks(GoodStep), full);
  EXPECT_THAT(outcome.shown, testing::Not(IsOk()));
  EXPECT_THAT(outcome.report.stressors_size(), 2);
}

TEST(RunnerTest, TellsOfEachStepBeforeItRuns) {
  RunRequest request = SpinThenWake();
  request.identity.repeats = 2;
  std::vector<std::string> events;
  RunHooks hooks = Hooks(GoodStep);
  hooks.run_step = [&](const PlanStep& step, const RunOptions& options) {
    events.push_back("run");
    return GoodStep(step, options);
  };
  hooks.on_step = [&](const std::vector<std::string>& names) {
    events.insert(events.end(), names.begin(), names.end());
  };
  Recorder recorder;
  RunPlan(request, hooks, recorder);
  EXPECT_THAT(events, ElementsAre("spin", "run", "wake", "run", "spin.2", "run",
                                  "wake.2", "run"));
}

TEST(RunnerTest, TellsOfAllStressorsOfAStep) {
  RunRequest request = SpinThenWake();
  request.plan.options.together = true;
  request.plan =
      *MakePlan(request.plan.options,
                *SelectStressors({"all", "", ""}, FakeStressors()), {});
  std::vector<std::string> told;
  RunHooks hooks = Hooks(GoodStep);
  hooks.on_step = [&](const std::vector<std::string>& names) { told = names; };
  Recorder recorder;
  RunPlan(request, hooks, recorder);
  EXPECT_THAT(told, ElementsAre("spin", "wake"));
}

TEST(RunnerTest, EndsWhereTheRestWouldMeanNothing) {
  RunHooks hooks = Hooks(GoodStep);
  int asked = 0;
  hooks.may_go_on = [&asked] { return ++asked < 2; };
  Recorder recorder;
  const RunOutcome outcome = RunPlan(SpinThenWake(), hooks, recorder);
  EXPECT_THAT(recorder.lines, ElementsAre("begin", "spin PASS", "end PASS"));
  EXPECT_THAT(MissingStressors(outcome.report), ElementsAre("wake"));
}

TEST(RunnerTest, StartsNothingThatWouldMeanNothing) {
  RunHooks hooks = Hooks(GoodStep);
  hooks.may_go_on = [] { return false; };
  hooks.on_step = [](const std::vector<std::string>&) { FAIL(); };
  Recorder recorder;
  RunPlan(SpinThenWake(), hooks, recorder);
  EXPECT_THAT(recorder.lines, ElementsAre("begin", "end SKIP"));
}

proto::Check ACheck(const std::string& name, proto::Verdict verdict) {
  proto::Check check;
  check.set_name(name);
  check.set_verdict(verdict);
  return check;
}

TEST(RunnerTest, FinishIsCalledOnceBehindTheLastStep) {
  RunHooks hooks = Hooks(GoodStep);
  int finished = 0;
  hooks.finish = [&finished](proto::Report& report) {
    ++finished;
    EXPECT_EQ(report.stressors_size(), 2);
    EXPECT_EQ(report.ended_unix_ns(), 0);
    *report.add_checks() = ACheck("late", proto::FAIL);
  };
  Recorder recorder;
  const RunOutcome outcome = RunPlan(SpinThenWake(), hooks, recorder);
  EXPECT_EQ(finished, 1);
  EXPECT_THAT(recorder.lines,
              ElementsAre("begin", "spin PASS", "wake PASS", "end FAIL"));
  EXPECT_EQ(outcome.report.checks_size(), 1);
  EXPECT_EQ(ExitCode(outcome.report), 1);
}

TEST(RunnerTest, FinishIsCalledHoweverTheRunEnds) {
  RunHooks hooks = Hooks(GoodStep);
  hooks.interrupted = [] { return 15; };
  bool finished = false;
  hooks.finish = [&finished](proto::Report&) { finished = true; };
  Recorder recorder;
  RunPlan(SpinThenWake(), hooks, recorder);
  EXPECT_TRUE(finished);

  finished = false;
  Recorder full;
  full.room = 0;
  RunPlan(SpinThenWake(), hooks, full);
  EXPECT_TRUE(finished);
}

TEST(RunnerTest, PlannedChecksAreKnownAtTheBegin) {
  class Names final : public StreamWriter {
   public:
    absl::Status Begin(const proto::Report& report) override {
      names.assign(report.planned_checks().begin(),
                   report.planned_checks().end());
      return absl::OkStatus();
    }
    absl::Status Stressor(const proto::Report&,
                          const proto::Stressor&) override {
      return absl::OkStatus();
    }
    absl::Status Cell(const proto::Report&, const proto::Report&) override {
      return absl::OkStatus();
    }
    absl::Status End(const proto::Report&) override { return absl::OkStatus(); }

    std::vector<std::string> names;
  } writer;
  RunRequest request = SpinThenWake();
  request.planned_checks = {"scheduler"};
  RunHooks hooks = Hooks(GoodStep);
  hooks.finish = [](proto::Report& report) {
    *report.add_checks() = ACheck("scheduler", proto::PASS);
  };
  EXPECT_EQ(ExitCode(RunPlan(request, hooks, writer).report), 0);
  EXPECT_THAT(writer.names, ElementsAre("scheduler"));
}

// A verdict that got lost cannot pass.
TEST(RunnerTest, PlannedCheckThatNobodyJudgedFails) {
  RunRequest request = SpinThenWake();
  request.planned_checks = {"scheduler"};
  Recorder recorder;
  const RunOutcome outcome = RunPlan(request, Hooks(GoodStep), recorder);
  EXPECT_EQ(outcome.report.checks(0).detail(), "planned, and never judged");
  EXPECT_EQ(ExitCode(outcome.report), 1);
}

}  // namespace
}  // namespace ktstr
