// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/build_report.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/host/host_context.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr StressorDef Named(const char* name) {
  StressorDef def{};
  def.name = name;
  return def;
}

constexpr StressorDef kDef = Named("wake_chain");

StressorResult Ran(const std::string& alias) {
  StressorResult result;
  result.alias = alias;
  result.stressor = "wake_chain";
  result.stop_reason = StopReason::kDuration;
  result.proof = std::string("went round");
  result.roles = {"waker", "waiter", "waiter"};
  for (uint32_t i = 0; i < 3; ++i) {
    WorkerResult& worker = result.workers.emplace_back();
    worker.index = i;
    worker.role = result.roles[i];
  }
  return result;
}

proto::Stressor Built(StressorResult result) {
  StepResult step;
  step.stressors.push_back(std::move(result));
  proto::Report report;
  AddStep(step, /*repeat=*/1, report);
  return report.stressors(0);
}

TEST(ReportNameTest, NumbersRepetitionsFromTheSecond) {
  EXPECT_EQ(ReportName("fast", 1), "fast");
  EXPECT_EQ(ReportName("fast", 2), "fast.2");
}

TEST(StartReportTest, ListsEveryRepetitionInThePlan) {
  Plan plan;
  plan.options.duration = absl::Milliseconds(500);
  plan.options.cpus = CpuSet({0, 1, 4});
  for (const char* alias : {"a", "b"}) {
    PlannedStressor planned;
    planned.alias = alias;
    planned.def = &kDef;
    planned.workers = 7;
    plan.steps.push_back({{planned}});
  }
  const proto::Report report =
      StartReport({.version = "0.1", .repeats = 2}, plan, HostContext());
  ASSERT_THAT(report.plan(), SizeIs(4));
  EXPECT_EQ(report.plan(0).name(), "a");
  EXPECT_EQ(report.plan(1).name(), "b");
  EXPECT_EQ(report.plan(2).name(), "a.2");
  EXPECT_EQ(report.plan(3).name(), "b.2");
  EXPECT_EQ(report.plan(3).stressor(), "wake_chain");
  EXPECT_EQ(report.plan(3).workers(), 7u);
  EXPECT_EQ(report.options().duration_ns(), 500'000'000);
  EXPECT_EQ(report.options().cpus(), "0-1,4");
  EXPECT_EQ(report.options().cpu_count(), 3u);
}

TEST(StartReportTest, LeavesOutWhatTheHostDoesNotSay) {
  HostContext host;
  EXPECT_FALSE(StartReport({}, Plan(), host).host().has_autogroup());
  host.autogroup = false;
  host.kernel_config = {{"CONFIG_HZ", "250"}};
  const proto::Report report = StartReport({}, Plan(), host);
  EXPECT_TRUE(report.host().has_autogroup());
  EXPECT_FALSE(report.host().autogroup());
  EXPECT_EQ(report.host().kernel_config(0).name(), "CONFIG_HZ");
}

TEST(StartReportTest, SaysWhatTheHostCanAndCannotDo) {
  HostContext host;
  host.abilities = {{"nice", true, "-5 .. 19"}, {"uclamp", false, "no X"}};
  const proto::Report report = StartReport({}, Plan(), host);
  ASSERT_THAT(report.host().abilities(), SizeIs(2));
  EXPECT_TRUE(report.host().abilities(0).can());
  EXPECT_EQ(report.host().abilities(0).text(), "-5 .. 19");
  EXPECT_EQ(report.host().abilities(1).name(), "uclamp");
  EXPECT_FALSE(report.host().abilities(1).can());
}

TEST(StartReportTest, SaysWhatPlacementWasAskedFor) {
  Plan plan;
  EXPECT_THAT(StartReport({}, plan, HostContext()).options().placement(),
              IsEmpty());
  plan.options.placement.nice = 3;
  const proto::Report report = StartReport({}, plan, HostContext());
  ASSERT_THAT(report.options().placement(), SizeIs(1));
  EXPECT_EQ(report.options().placement(0).name(), "nice");
  EXPECT_EQ(report.options().placement(0).value(), "3");
}

TEST(StartReportTest, TakesArgumentsOfAnyBytes) {
  const proto::Report report =
      StartReport({.command_line = {"ktstr", "\xFF"}}, Plan(), HostContext());
  EXPECT_THAT(report.command_line(), ElementsAre("ktstr", "?"));
}

TEST(AddStepTest, SumsEachRoleOnce) {
  const proto::Stressor stressor = Built(Ran("a"));
  ASSERT_THAT(stressor.roles(), SizeIs(2));
  EXPECT_EQ(stressor.roles(0).name(), "waker");
  EXPECT_EQ(stressor.roles(0).workers(), 1u);
  EXPECT_EQ(stressor.roles(1).name(), "waiter");
  EXPECT_EQ(stressor.roles(1).workers(), 2u);
  EXPECT_THAT(stressor.workers(), SizeIs(3));
}

TEST(AddStepTest, TellsSkippedFromFailedSetup) {
  StressorResult result;
  EXPECT_EQ(Built(result).setup().kind(), proto::Outcome::OK);
  result.setup = absl::UnimplementedError("one node");
  EXPECT_EQ(Built(result).setup().kind(), proto::Outcome::SKIPPED);
  EXPECT_EQ(Built(result).setup().text(), "one node");
  result.setup = absl::ResourceExhaustedError("EMFILE");
  EXPECT_EQ(Built(result).setup().kind(), proto::Outcome::FAILED);
}

TEST(AddStepTest, TellsTheOutcomesOfAProofApart) {
  StressorResult result = Ran("a");
  EXPECT_EQ(Built(result).proof().kind(), proto::Outcome::OK);
  EXPECT_EQ(Built(result).proof().text(), "went round");
  result.proof = absl::UnimplementedError("too short");
  EXPECT_EQ(Built(result).proof().kind(), proto::Outcome::SKIPPED);
  result.proof = absl::InternalError("no switches");
  EXPECT_EQ(Built(result).proof().kind(), proto::Outcome::FAILED);
  EXPECT_EQ(Built(result).proof().text(), "no switches");
  result.stop_reason = StopReason::kNotRun;
  EXPECT_EQ(Built(result).proof().kind(), proto::Outcome::NONE);
}

TEST(AddStepTest, KeepsUnknownDisturbancesUnknown) {
  StepResult step;
  step.stressors.push_back(Ran("a"));
  step.host.steal_ns = 0;
  proto::Report report;
  AddStep(step, /*repeat=*/3, report);
  const proto::Stressor& stressor = report.stressors(0);
  EXPECT_EQ(stressor.name(), "a.3");
  EXPECT_EQ(stressor.repeat(), 3u);
  EXPECT_FALSE(stressor.host().has_foreign_cpu_ns());
  EXPECT_TRUE(stressor.host().has_steal_ns());
  EXPECT_FALSE(stressor.host().has_capacity_ns());
}

TEST(AddStepTest, KeepsCgroupsInTheirOrder) {
  StressorResult result = Ran("a");
  result.cgroups.resize(2);
  result.cgroups[0].name = "heavy";
  result.cgroups[1].name = "a";
  result.workers[2].cgroup = "heavy";
  const proto::Stressor stressor = Built(result);
  ASSERT_THAT(stressor.cgroups(), SizeIs(2));
  EXPECT_EQ(stressor.cgroups(0).name(), "heavy");
  EXPECT_EQ(stressor.cgroups(1).name(), "a");
  EXPECT_EQ(stressor.workers(2).cgroup(), "heavy");
}

TEST(AddStepTest, RemembersTheFirstInterrupt) {
  proto::Report report;
  StepResult step;
  AddStep(step, /*repeat=*/1, report);
  EXPECT_EQ(report.interrupted_by(), 0);
  step.interrupted_by = 2;
  AddStep(step, /*repeat=*/1, report);
  step.interrupted_by = 15;
  AddStep(step, /*repeat=*/1, report);
  EXPECT_EQ(report.interrupted_by(), 2);
  EXPECT_THAT(report.stressors(), IsEmpty());
}

}  // namespace
}  // namespace ktstr
