// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/verdict.h"

#include <signal.h>

#include <initializer_list>
#include <string>
#include <vector>

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

proto::Report WithCells(std::initializer_list<proto::Verdict> verdicts) {
  proto::Report report;
  for (const proto::Verdict verdict : verdicts) {
    report.add_cells()->set_verdict(verdict);
    report.mutable_cells()->rbegin()->set_cell("cell");
    report.add_planned_cells("cell");
  }
  return report;
}

TEST(VerdictOfReportTest, FailsWithACheckOfItsOwn) {
  proto::Report report = WithStressors({proto::PASS});
  report.add_checks()->set_verdict(proto::PASS);
  report.add_checks()->set_verdict(proto::SKIP);
  EXPECT_EQ(VerdictOf(report), proto::PASS);
  report.add_checks()->set_verdict(proto::FAIL);
  EXPECT_EQ(VerdictOf(report), proto::FAIL);
}

TEST(VerdictOfReportTest, IsNotPassBecauseOfItsChecksAlone) {
  proto::Report report = WithStressors({proto::SKIP});
  report.add_checks()->set_verdict(proto::PASS);
  EXPECT_EQ(VerdictOf(report), proto::SKIP);
}

TEST(VerdictOfReportTest, IsFailureWhereAVerdictGotLost) {
  using enum proto::Verdict;
  EXPECT_EQ(WithStressors({PASS, VERDICT_UNSPECIFIED}).verdict(), FAIL);
  EXPECT_EQ(VerdictOf(WithCells({PASS, VERDICT_UNSPECIFIED})), FAIL);
  proto::Report report = WithStressors({PASS});
  report.add_checks();
  EXPECT_EQ(VerdictOf(report), FAIL);
}

TEST(VerdictOfReportTest, IsThatOfItsCells) {
  using enum proto::Verdict;
  EXPECT_EQ(VerdictOf(WithCells({PASS, SKIP})), PASS);
  EXPECT_EQ(VerdictOf(WithCells({PASS, FAIL})), FAIL);
  EXPECT_EQ(VerdictOf(WithCells({SKIP, SKIP})), SKIP);
}

TEST(VerdictOfReportTest, FailsWithoutAPlannedCellUnlessInterrupted) {
  proto::Report report = WithCells({proto::PASS});
  report.add_planned_cells("never ran");
  EXPECT_EQ(VerdictOf(report), proto::FAIL);
  report.set_interrupted_by(SIGINT);
  EXPECT_EQ(VerdictOf(report), proto::PASS);
}

TEST(MissingTest, CountsNamesakes) {
  proto::Report report;
  for (const char* name : {"a", "b", "a", "c"}) {
    report.add_plan()->set_name(name);
    report.add_planned_checks(name);
    report.add_planned_cells(name);
  }
  for (const char* name : {"c", "a", "other"}) {
    report.add_stressors()->set_name(name);
    report.add_checks()->set_name(name);
    report.add_cells()->set_cell(name);
  }
  const std::vector<std::string> missing = {"b", "a"};
  EXPECT_EQ(MissingStressors(report), missing);
  EXPECT_EQ(MissingChecks(report), missing);
  EXPECT_EQ(MissingCells(report), missing);
}

TEST(SkipReasonTest, OfARunIsThatOfItsStressors) {
  proto::Report report;
  report.set_verdict(proto::SKIP);
  EXPECT_EQ(SkipReason(report), "nothing ran");
  for (const char* why : {"one node", "one node", "one CPU"}) {
    proto::Stressor& stressor = *report.add_stressors();
    stressor.set_verdict(proto::SKIP);
    stressor.mutable_setup()->set_kind(proto::Outcome::SKIPPED);
    stressor.mutable_setup()->set_text(why);
  }
  EXPECT_EQ(SkipReason(report), "every stressor was skipped");
  report.mutable_stressors()->RemoveLast();
  EXPECT_EQ(SkipReason(report), "one node");
  report.set_verdict(proto::PASS);
  EXPECT_EQ(SkipReason(report), "");
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

TEST(ConcludeTest, FailsAPlannedCheckThatNobodyJudged) {
  proto::Report report = WithStressors({proto::PASS});
  report.add_planned_checks("guest");
  report.add_planned_checks("scheduler");
  proto::Check& guest = *report.add_checks();
  guest.set_name("guest");
  guest.set_verdict(proto::PASS);
  EXPECT_EQ(VerdictOf(report), proto::FAIL);
  Conclude(/*ended_unix_ns=*/124, report);
  ASSERT_EQ(report.checks_size(), 2);
  EXPECT_EQ(report.checks(1).name(), "scheduler");
  EXPECT_EQ(report.checks(1).verdict(), proto::FAIL);
  EXPECT_EQ(report.verdict(), proto::FAIL);
  EXPECT_EQ(ExitCode(report), 1);
}

TEST(ConcludeTest, SetsTheEnd) {
  const proto::Report report = WithStressors({proto::PASS});
  EXPECT_EQ(report.ended_unix_ns(), 123);
  EXPECT_EQ(report.verdict(), proto::PASS);
}

}  // namespace
}  // namespace ktstr
