// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What a run returns to the shell: 0, 1 and 4 by what became of the stressors.
// 64 is bad_input_test's, 128+N is signal_test's.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// One worker yields to nobody where it has two CPUs: nothing can be proven.
const char* const kSkipped = "--stressor=yield_heavy";

TEST(ExitCodeTest, Is0WhenAllPassed) {
  const Outcome outcome =
      RunBinary({"--stressor=wake_chain", "--iterations=100", "--format=tap"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(outcome.orphans, 0);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("\nok 1 wake_chain\n"), Not(HasSubstr("not ok")),
                    HasSubstr("# Totals: pass:1 fail:0")));
}

TEST(ExitCodeTest, Is1WhenACheckDoesNotHold) {
  const Outcome outcome =
      RunBinary({"--stressor=wake_chain", "--iterations=100", "--format=tap",
                 "--check=wake_latency.p99<1ns"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out,
              AllOf(ContainsRegex(" wake_latency.p99=[0-9]+ns\n"),
                    HasSubstr("  not ok 8 check:wake_latency.p99<1ns\n"),
                    HasSubstr("\nnot ok 1 wake_chain\n"),
                    HasSubstr("# Totals: pass:0 fail:1")));
}

TEST(ExitCodeTest, Is1WhenWhatIsCheckedWasNotRecorded) {
  const Outcome outcome =
      RunBinary({"--stressor=spin_wait", "--iterations=100", "--format=tap",
                 "--check=wake_latency.p99<10s"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out,
              HasSubstr("  not ok 8 check:wake_latency.p99<10s\n"));
}

TEST(ExitCodeTest, Is4WhenAllWereSkipped) {
  const Outcome outcome =
      RunBinary({kSkipped, "--workers=1", "--iterations=100", "--format=tap"});
  if (outcome.exit_code == 0) {
    GTEST_SKIP() << "one CPU: a worker always has somebody to yield to";
  }
  EXPECT_EQ(outcome.exit_code, 4) << outcome.out;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("  ok 4 exercised # SKIP "),
                    HasSubstr("\nok 1 yield_heavy # SKIP "),
                    HasSubstr("# Totals: pass:0 fail:0 xfail:0 xpass:0 "
                              "skip:1")));
}

TEST(ExitCodeTest, Is0WhenSomePassedAndTheRestWasSkipped) {
  const Outcome outcome = RunBinary(
      {"--stressor=yield_heavy,spin_wait", "--workers=1", "--iterations=100"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
}

TEST(ExitCodeTest, IsThatOfTheSavedReport) {
  const Outcome outcome =
      RunBinary({"--stressor=spin_wait", "--iterations=100", "--format=json",
                 "--check=iterations.count<1"});
  EXPECT_EQ(outcome.exit_code, 1);
  const proto::Report report = ReportIn(outcome.out);
  EXPECT_EQ(report.verdict(), proto::FAIL);
  ASSERT_EQ(report.stressors_size(), 1);
  EXPECT_EQ(CheckOf(report.stressors(0), "check:iterations.count<1").verdict(),
            proto::FAIL);
}

TEST(ExitCodeTest, FailFastLeavesTheRestUndone) {
  const Outcome outcome = RunBinary(
      {"--stressor=spin_wait,wake_chain", "--iterations=100", "--format=json",
       "--fail_fast", "--check=stressor=spin_wait iterations.count<1"});
  EXPECT_EQ(outcome.exit_code, 1);
  const proto::Report report = ReportIn(outcome.out);
  EXPECT_EQ(report.plan_size(), 2);
  ASSERT_EQ(report.stressors_size(), 1);
  EXPECT_EQ(report.stressors(0).name(), "spin_wait");
}

TEST(ExitCodeTest, FailFastTellsInTapWhatWasLeft) {
  const Outcome outcome = RunBinary(
      {"--stressor=spin_wait,wake_chain", "--iterations=100", "--format=tap",
       "--fail_fast", "--check=stressor=spin_wait iterations.count<1"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("\n1..2\n"), HasSubstr("\nnot ok 1 spin_wait\n"),
                    HasSubstr("\nok 2 wake_chain # SKIP not run: another one "
                              "failed\n")));
}

}  // namespace
}  // namespace ktstr
