// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the flags of a run make of it, by its report.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::Property;
using testing::SizeIs;

proto::Report RunForReport(std::vector<std::string> args) {
  args.push_back("--format=json");
  args.push_back("--duration=1m");
  const Outcome outcome = RunBinary(args);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.orphans, 0);
  return ReportIn(outcome.out);
}

std::vector<std::string> Names(const proto::Report& report) {
  std::vector<std::string> names;
  for (const proto::Stressor& stressor : report.stressors()) {
    names.push_back(stressor.name());
  }
  return names;
}

TEST(RunFlagsTest, TogetherRunsTwoOfOneStressorAtOneTime) {
  const proto::Report report = RunForReport(
      {"--stressor=fast=wake_chain,slow=wake_chain", "fast.depth=2",
       "slow.depth=3", "--workers=6", "--together", "--iterations=50"});
  EXPECT_THAT(Names(report), ElementsAre("fast", "slow"));
  ASSERT_EQ(report.stressors_size(), 2);
  EXPECT_EQ(report.stressors(0).group_size(), 2u);
  EXPECT_EQ(report.stressors(1).group_size(), 3u);
  // One start barrier for both.
  EXPECT_EQ(report.stressors(0).started_unix_ns(),
            report.stressors(1).started_unix_ns());
  EXPECT_EQ(report.stressors(0).spawn_ns(), report.stressors(1).spawn_ns());
}

TEST(RunFlagsTest, RepeatGivesEachAUniqueName) {
  const proto::Report report = RunForReport(
      {"--stressor=spin_wait,wake_chain", "--iterations=10", "--repeat=3"});
  EXPECT_THAT(Names(report),
              ElementsAre("spin_wait", "wake_chain", "spin_wait.2",
                          "wake_chain.2", "spin_wait.3", "wake_chain.3"));
  EXPECT_THAT(report.stressors(),
              Each(Property(&proto::Stressor::verdict, proto::PASS)));
}

TEST(RunFlagsTest, RepeatGivesUniqueNamesInTap) {
  const Outcome outcome =
      RunBinary({"--stressor=spin_wait", "--iterations=10", "--repeat=3",
                 "--format=tap", "--duration=1m"});
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("\n1..3\n"), HasSubstr("\nok 1 spin_wait\n"),
                    HasSubstr("\nok 2 spin_wait.2\n"),
                    HasSubstr("\nok 3 spin_wait.3\n")));
}

TEST(RunFlagsTest, IterationsBoundsEachWorker) {
  for (const char* mode : {"--mode=fork", "--mode=thread"}) {
    const proto::Report report = RunForReport(
        {"--stressor=spin_wait", "--workers=3", "--iterations=77", mode});
    ASSERT_EQ(report.stressors_size(), 1);
    EXPECT_EQ(report.stressors(0).stop_reason(), proto::Stressor::ITERATIONS);
    EXPECT_FALSE(report.stressors(0).has_stop_latency_ns());
    EXPECT_THAT(
        report.stressors(0).workers(),
        AllOf(SizeIs(3), Each(Property(&proto::Worker::iterations, 77u))));
  }
}

TEST(RunFlagsTest, SamplesAreKeptUpToTheirNumber) {
  const proto::Report report =
      RunForReport({"--stressor=spin_wait", "--workers=2", "--iterations=100",
                    "--samples=10"});
  ASSERT_EQ(report.stressors_size(), 1);
  for (const proto::Worker& worker : report.stressors(0).workers()) {
    for (const proto::Metric& metric : worker.metrics()) {
      EXPECT_THAT(
          metric.samples_ns(),
          AllOf(SizeIs(10), Each(AllOf(Ge(metric.histogram().min_ns()),
                                       Le(metric.histogram().max_ns())))))
          << metric.name();
    }
  }
}

TEST(RunFlagsTest, WithoutSamplesThereAreNone) {
  const proto::Report report =
      RunForReport({"--stressor=spin_wait", "--workers=1", "--iterations=100"});
  ASSERT_EQ(report.stressors_size(), 1);
  for (const proto::Metric& metric : report.stressors(0).workers(0).metrics()) {
    EXPECT_THAT(metric.samples_ns(), SizeIs(0));
  }
}

TEST(RunFlagsTest, OptionsAreInTheReport) {
  const proto::Report report =
      RunForReport({"--stressor=spin_wait", "--workers=2", "--iterations=10",
                    "--seed=1234567890123456789", "--timer_slack=50us",
                    "--grace=300ms", "--mode=thread", "--cpus=0"});
  EXPECT_EQ(report.options().seed(), 1234567890123456789u);
  EXPECT_EQ(report.options().timer_slack_ns(), 50'000);
  EXPECT_EQ(report.options().grace_ns(), 300'000'000);
  EXPECT_EQ(report.options().mode(), proto::THREAD);
  EXPECT_EQ(report.options().cpus(), "0");
  EXPECT_THAT(report.command_line(), testing::Contains("--grace=300ms"));
  ASSERT_EQ(report.stressors_size(), 1);
  EXPECT_THAT(report.stressors(0).workers(),
              Each(Property(&proto::Worker::cpus_used, "0")));
}

TEST(RunFlagsTest, FilterAndExcludeChooseByFullMatch) {
  const proto::Report report = RunForReport(
      {"--filter=.*_wait|wake_.*", "--exclude=wake", "--iterations=10"});
  EXPECT_THAT(Names(report), ElementsAre("spin_wait", "wake_chain"));
}

TEST(RunFlagsTest, DurationEndsARunAndEveryWorkerSawIt) {
  const Outcome outcome =
      RunBinary({"--stressor=all", "--duration=50ms", "--format=json"});
  const proto::Report report = ReportIn(outcome.out);
  int ran = 0;
  for (const proto::Stressor& stressor : report.stressors()) {
    if (stressor.setup().kind() == proto::Outcome::SKIPPED) continue;
    ++ran;
    EXPECT_EQ(stressor.stop_reason(), proto::Stressor::DURATION);
    EXPECT_TRUE(stressor.has_stop_latency_ns()) << stressor.name();
    for (const proto::Worker& worker : stressor.workers()) {
      EXPECT_EQ(worker.end(), proto::Worker::FINISHED) << worker.failure();
    }
  }
  EXPECT_GE(ran, 20);
}

}  // namespace
}  // namespace ktstr
