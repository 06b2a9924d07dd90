// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// SIGINT, SIGTERM and SIGHUP end a run, which reports what there is.

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/binary/worker_watch.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Gt;
using testing::HasSubstr;
using testing::Not;
using testing::Property;
using testing::SizeIs;

constexpr size_t kWorkers = 2;

// A run that only a signal ends.
BinaryCall EndlessCall(const std::string& format) {
  BinaryCall call;
  call.args = {"--stressor=spin_wait", "--workers=2", "--duration=1h",
               "--grace=1h", absl::StrCat("--format=", format)};
  return call;
}

bool AwaitBusy(RunningBinary& binary) {
  return binary.Await([&] { return AreBusy(binary.pid(), kWorkers); });
}

class SignalTest : public testing::TestWithParam<int> {};

TEST_P(SignalTest, EndsTheRunWithItsReport) {
  const int signo = GetParam();
  RunningBinary binary(EndlessCall("json"));
  ASSERT_TRUE(AwaitBusy(binary));
  binary.Signal(signo);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + signo);
  EXPECT_EQ(outcome.orphans, 0);
  const proto::Report report = ReportIn(outcome.out);
  EXPECT_EQ(report.interrupted_by(), signo);
  ASSERT_EQ(report.stressors_size(), 1);
  const proto::Stressor& stressor = report.stressors(0);
  EXPECT_EQ(stressor.stop_reason(), proto::Stressor::INTERRUPTED);
  EXPECT_EQ(stressor.verdict(), proto::FAIL);
  EXPECT_THAT(
      stressor.workers(),
      AllOf(SizeIs(kWorkers),
            Each(AllOf(Property(&proto::Worker::end, proto::Worker::FINISHED),
                       Property(&proto::Worker::iterations, Gt(0u))))));
}

TEST_P(SignalTest, BailsOutInTap) {
  const int signo = GetParam();
  RunningBinary binary(EndlessCall("tap"));
  ASSERT_TRUE(AwaitBusy(binary));
  binary.Signal(signo);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + signo);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("  not ok 1 completed\n"),
                    HasSubstr("\nnot ok 1 spin_wait\n"),
                    HasSubstr("# Totals: pass:0 fail:1"),
                    HasSubstr(absl::StrCat("Bail out! interrupted by SIG",
                                           sigabbrev_np(signo), "\n"))));
}

std::string NameOf(const testing::TestParamInfo<int>& info) {
  return sigabbrev_np(info.param);
}

INSTANTIATE_TEST_SUITE_P(All, SignalTest,
                         testing::Values(SIGINT, SIGTERM, SIGHUP), NameOf);

TEST(SignalsTest, WhatComesAfterTheSignalIsToldAsNotRun) {
  BinaryCall call = EndlessCall("tap");
  call.args[0] = "--stressor=spin_wait,mutex_contention";
  call.args[1] = "--workers=4";
  RunningBinary binary(call);
  ASSERT_TRUE(AwaitBusy(binary));
  binary.Signal(SIGTERM);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGTERM);
  EXPECT_THAT(outcome.out,
              HasSubstr("\nok 2 mutex_contention # SKIP not run: interrupted "
                        "by SIGTERM\n"));
}

TEST(SignalsTest, TextSaysThatItWasInterrupted) {
  RunningBinary binary(EndlessCall("text"));
  ASSERT_TRUE(AwaitBusy(binary));
  binary.Signal(SIGINT);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGINT);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("SIGINT"), HasSubstr("FAIL")));
}

// A stopped worker keeps the run in its grace period, for ever here.
TEST(SignalsTest, TheSecondKillsAtOnceAndStillReports) {
  RunningBinary binary(EndlessCall("json"));
  ASSERT_TRUE(AwaitBusy(binary));
  const pid_t stuck = ChildrenOf(binary.pid())[0];
  ASSERT_EQ(kill(stuck, SIGSTOP), 0);
  binary.Signal(SIGINT);
  ASSERT_TRUE(
      binary.Await([&] { return ChildrenOf(binary.pid()).size() == 1; }));
  // Any sooner it would count as another signal of the same request.
  const absl::Time second = absl::Now() + Interrupts::kSameRequest;
  ASSERT_TRUE(binary.Await([&] { return absl::Now() > second; }));
  binary.Signal(SIGINT);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGINT);
  EXPECT_EQ(outcome.orphans, 0);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  const auto& workers = report.stressors(0).workers();
  ASSERT_THAT(workers, SizeIs(kWorkers));
  EXPECT_EQ(workers[0].end(), proto::Worker::KILLED);
  EXPECT_EQ(workers[0].pid(), stuck);
  EXPECT_GT(workers[0].iterations(), 0);
  EXPECT_EQ(workers[1].end(), proto::Worker::FINISHED);
}

// timeout(1) signals the process and its group, the kernel's runner nests two.
TEST(SignalsTest, SeveralAtOnceAreOneRequest) {
  RunningBinary binary(EndlessCall("tap"));
  ASSERT_TRUE(AwaitBusy(binary));
  for (int i = 0; i < 4; ++i) binary.Signal(SIGTERM);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGTERM) << outcome.signal;
  EXPECT_THAT(outcome.out, HasSubstr("Bail out! interrupted by SIGTERM\n"));
}

// A report that nobody reads: the first ends the run, a later one the report.
TEST(SignalsTest, KillAReportThatIsStuck) {
  BinaryCall call = EndlessCall("json");
  call.output = Stream::kStuckPipe;
  RunningBinary binary(call);
  ASSERT_TRUE(AwaitBusy(binary));
  EXPECT_FALSE(binary.Await([&] {
    binary.Signal(SIGINT);
    return false;
  }));
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.signal, SIGINT);
  EXPECT_EQ(outcome.orphans, 0);
}

// The terminal sends its signal to the workers, too.
TEST(SignalsTest, CtrlCInATerminalIsOneInterrupt) {
  BinaryCall call = EndlessCall("tap");
  call.output = Stream::kTerminal;
  RunningBinary binary(call);
  ASSERT_TRUE(AwaitBusy(binary));
  binary.Type("\x03");
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGINT) << outcome.signal;
  EXPECT_EQ(outcome.orphans, 0);
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("2 workers"), Not(HasSubstr("die")),
                                 HasSubstr("Bail out!")));
}

// nohup(1) asks for this; so do shells, for SIGINT of what runs behind them.
TEST(SignalsTest, ThoseThatWereIgnoredStayIgnored) {
  BinaryCall call = EndlessCall("json");
  call.before_exec = [] { return signal(SIGHUP, SIG_IGN) != SIG_ERR; };
  RunningBinary binary(call);
  ASSERT_TRUE(AwaitBusy(binary));
  binary.Signal(SIGHUP);
  binary.Signal(SIGTERM);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGTERM);
  EXPECT_EQ(ReportIn(outcome.out).interrupted_by(), SIGTERM);
}

TEST(SignalsTest, SavesTheReportOfAnInterruptedRun) {
  RunningBinary binary([] {
    BinaryCall call = EndlessCall("text");
    call.args.push_back("--output=/dev/stderr");
    call.args.push_back("--format=json");
    return call;
  }());
  ASSERT_TRUE(AwaitBusy(binary));
  binary.Signal(SIGINT);
  const Outcome outcome = binary.Finish();
  EXPECT_EQ(outcome.exit_code, 128 + SIGINT);
  EXPECT_EQ(ReportIn(outcome.err).interrupted_by(), SIGINT);
}

}  // namespace
}  // namespace ktstr
