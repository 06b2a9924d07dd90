// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/verdict.h"

#include <signal.h>

#include <initializer_list>
#include <string>

#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

proto::Stressor WithChecks(std::initializer_list<proto::Verdict> verdicts) {
  proto::Stressor stressor;
  stressor.mutable_setup()->set_kind(proto::Outcome::OK);
  stressor.mutable_proof()->set_kind(proto::Outcome::OK);
  stressor.set_stop_reason(proto::Stressor::DURATION);
  for (const proto::Verdict verdict : verdicts) {
    stressor.add_checks()->set_verdict(verdict);
  }
  return stressor;
}

proto::Report WithStressors(std::initializer_list<proto::Verdict> verdicts) {
  proto::Report report;
  for (const proto::Verdict verdict : verdicts) {
    report.add_stressors()->set_verdict(verdict);
  }
  Conclude(/*ended_unix_ns=*/123, report);
  return report;
}

TEST(VerdictOfStressorTest, IsThatOfItsChecks) {
  using enum proto::Verdict;
  EXPECT_EQ(VerdictOf(WithChecks({PASS, PASS})), PASS);
  EXPECT_EQ(VerdictOf(WithChecks({PASS, SKIP})), PASS);
  EXPECT_EQ(VerdictOf(WithChecks({PASS, FAIL, SKIP})), FAIL);
  EXPECT_EQ(VerdictOf(WithChecks({SKIP, SKIP})), SKIP);
  EXPECT_EQ(VerdictOf(WithChecks({})), SKIP);
}

TEST(VerdictOfStressorTest, IsSkipWithoutAProofThatCouldBeJudged) {
  proto::Stressor stressor = WithChecks({proto::PASS, proto::SKIP});
  stressor.mutable_proof()->set_kind(proto::Outcome::SKIPPED);
  stressor.mutable_proof()->set_text("too short");
  stressor.set_verdict(VerdictOf(stressor));
  EXPECT_EQ(stressor.verdict(), proto::SKIP);
  EXPECT_EQ(SkipReason(stressor), "too short");
}

TEST(VerdictOfStressorTest, FailsInSpiteOfAProofThatCouldNotBeJudged) {
  proto::Stressor stressor = WithChecks({proto::FAIL, proto::SKIP});
  stressor.mutable_proof()->set_kind(proto::Outcome::SKIPPED);
  EXPECT_EQ(VerdictOf(stressor), proto::FAIL);
}

TEST(VerdictOfStressorTest, FollowsTheSetup) {
  proto::Stressor stressor = WithChecks({proto::SKIP});
  stressor.mutable_setup()->set_kind(proto::Outcome::SKIPPED);
  stressor.mutable_setup()->set_text("one node");
  stressor.set_verdict(VerdictOf(stressor));
  EXPECT_EQ(stressor.verdict(), proto::SKIP);
  EXPECT_EQ(SkipReason(stressor), "one node");
  stressor.mutable_setup()->set_kind(proto::Outcome::FAILED);
  EXPECT_EQ(VerdictOf(stressor), proto::FAIL);
}

TEST(SkipReasonTest, IsEmptyForWhatWasNotSkipped) {
  proto::Stressor stressor = WithChecks({proto::PASS});
  stressor.set_verdict(proto::PASS);
  EXPECT_EQ(SkipReason(stressor), "");
}

TEST(ExitCodeTest, IsThatOfKselftest) {
  using enum proto::Verdict;
  EXPECT_EQ(ExitCode(WithStressors({PASS, PASS})), 0);
  EXPECT_EQ(ExitCode(WithStressors({PASS, SKIP})), 0);
  EXPECT_EQ(ExitCode(WithStressors({PASS, FAIL})), 1);
  EXPECT_EQ(ExitCode(WithStressors({SKIP, FAIL})), 1);
  EXPECT_EQ(ExitCode(WithStressors({SKIP, SKIP})), 4);
}

TEST(ExitCodeTest, NamesTheSignalWhateverElseHappened) {
  proto::Report report = WithStressors({proto::PASS, proto::FAIL});
  report.set_interrupted_by(SIGINT);
  EXPECT_EQ(ExitCode(report), 130);
  report.set_interrupted_by(SIGTERM);
  EXPECT_EQ(ExitCode(report), 143);
}

TEST(ExitCodeTest, IsFailureWithoutAVerdict) {
  EXPECT_EQ(ExitCode(proto::Report()), 1);
}

TEST(ConcludeTest, SetsTheEnd) {
  const proto::Report report = WithStressors({proto::PASS});
  EXPECT_EQ(report.ended_unix_ns(), 123);
  EXPECT_EQ(report.verdict(), proto::PASS);
}

}  // namespace
}  // namespace ktstr
