// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cell_run.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/file.h"
#include "ktstr/checks/run_checks.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/cli/vm/fake_fleet.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/verdict.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/qemu/accelerator.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class CellRunTest : public testing::Test {
 protected:
  void WaitAndPump(CellRun& run) {
    std::vector<pollfd> polls;
    run.AddPolls(polls);
    const int64_t left_ns = std::clamp<int64_t>(
        run.deadline_ns() - MonotonicNanos(), 0, 3600 * kNanosPerSecond);
    poll(polls.data(), polls.size(), static_cast<int>(left_ns / 1'000'000) + 1);
    run.Pump([this](const std::string& text) { said_.push_back(text); });
  }

  proto::Report Run(const std::string& fate) {
    const Cell cell = FakeFleet::MakeCell("one", fate);
    CellRun run(fleet_.fleet(), cell, nullptr);
    while (!run.done()) WaitAndPump(run);
    return run.report();
  }

  CliOptions& options() { return fleet_.options(); }

  const TempDir folder_;
  FakeFleet fleet_;
  std::vector<std::string> said_;
};

TEST_F(CellRunTest, BringsTheReportHome) {
  const proto::Report report = Run("completes");
  EXPECT_EQ(report.verdict(), proto::PASS);
  EXPECT_EQ(report.cell(), "one");
  EXPECT_THAT(report.command_line(), ElementsAre("--vm=1c"));
  EXPECT_THAT(report.planned_checks(),
              ElementsAre(kGuestCheck, kTopologyCheck));
  EXPECT_EQ(report.stressors_size(), 1);
  EXPECT_EQ(report.vm().topology(), "1c");
  EXPECT_EQ(report.vm().accelerator(), "tcg");
  EXPECT_GT(report.ended_unix_ns(), 0);
  EXPECT_THAT(said_, IsEmpty());
}

TEST_F(CellRunTest, LostGuestFails) {
  const proto::Report report = Run("panics");
  EXPECT_EQ(report.verdict(), proto::FAIL);
  EXPECT_THAT(report.checks(0).detail(), StartsWith("kernel panic: x"));
  EXPECT_THAT(report.stressors(0).setup().text(), HasSubstr("at 0.5s"));
}

TEST_F(CellRunTest, MachineThatCannotStartFails) {
  fleet_.fleet().qemu = "/nonexistent/qemu";
  const proto::Report report = Run("completes");
  EXPECT_EQ(report.vm().end(), proto::Vm::NOT_STARTED);
  EXPECT_THAT(report.vm().end_text(), HasSubstr("/nonexistent/qemu"));
  EXPECT_EQ(ExitCode(report), 1);
}

TEST_F(CellRunTest, SchedulerThatTheGuestDoesNotSpeakOfFails) {
  options().scheduler = {"scx_simple"};
  const proto::Report report = Run("completes");
  EXPECT_THAT(report.planned_checks(),
              ElementsAre(kSchedulerCheck, kGuestCheck, kTopologyCheck));
  EXPECT_EQ(report.verdict(), proto::FAIL);
}

TEST_F(CellRunTest, SaysWhatTroublesTheGuest) {
  EXPECT_EQ(Run("run_refuses").verdict(), proto::FAIL);
  EXPECT_THAT(said_, ElementsAre("one: no such stressor"));
}

TEST_F(CellRunTest, KeepsConsoleAndMachine) {
  options().vm.console = folder_.path() + "/console";
  options().vm.keep = folder_.path() + "/kept";
  EXPECT_EQ(Run("completes").vm().kept_in(), options().vm.keep);
  constexpr char kConsole[] = "[    0.000000] Linux version 6.12.0\r\n";
  EXPECT_THAT(ReadFile(options().vm.console), IsOkAndHolds(kConsole));
  EXPECT_THAT(ReadFile(options().vm.keep + "/console.log"),
              IsOkAndHolds(kConsole));
  EXPECT_THAT(ReadFile(options().vm.keep + "/qemu.sh"),
              IsOkAndHolds(StartsWith("#!/bin/sh")));
}

TEST_F(CellRunTest, SeveralMachinesDoNotShareFiles) {
  options().vm.topologies = {"1c", "2c"};
  options().vm.console = folder_.path() + "/console";
  options().vm.keep = folder_.path() + "/kept";
  EXPECT_EQ(Run("completes").vm().kept_in(), options().vm.keep + "/one");
  EXPECT_THAT(ReadFile(options().vm.console + ".one"), IsOk());
  EXPECT_THAT(ReadFile(options().vm.keep + "/one/console.log"), IsOk());
}

TEST_F(CellRunTest, FailsWhereTheConsoleCannotBeSaved) {
  options().vm.console = folder_.path() + "/no/console";
  const proto::Report report = Run("completes");
  EXPECT_EQ(report.vm().end(), proto::Vm::NOT_STARTED);
  EXPECT_THAT(report.vm().end_text(), HasSubstr(options().vm.console));
}

TEST_F(CellRunTest, FullDiskCostsTheRestOfTheConsole) {
  options().vm.console = "/dev/full";
  EXPECT_EQ(Run("completes").verdict(), proto::PASS);
  EXPECT_THAT(said_,
              ElementsAre(StartsWith("one: the console is no longer saved: ")));
}

TEST_F(CellRunTest, BootsAgainWhatTheTranslatorBroke) {
  options().vm.console = folder_.path() + "/console";
  const proto::Report report =
      Run(folder_.path() + "/breaks_in_its_first_boot");
  EXPECT_EQ(report.verdict(), proto::PASS);
  EXPECT_THAT(report.vm().failed_boots(),
              ElementsAre("kernel panic: Fatal exception"));
  EXPECT_THAT(ReadFile(options().vm.console),
              IsOkAndHolds(HasSubstr("Linux version")));
}

TEST_F(CellRunTest, DoesNotBootForEver) {
  const proto::Report report = Run("breaks_in_boot");
  EXPECT_EQ(report.vm().end(), proto::Vm::PANICKED);
  EXPECT_EQ(report.vm().failed_boots_size(), 2);
  EXPECT_TRUE(report.vm().emulator_fault());
  EXPECT_THAT(report.vm().end_text(), HasSubstr("QEMU's translator"));
}

TEST_F(CellRunTest, PanicOfTheKernelsOwnIsNotTriedAgain) {
  EXPECT_EQ(Run("panics_in_boot").vm().failed_boots_size(), 0);
  EXPECT_FALSE(Run("panics_in_boot").vm().emulator_fault());
  fleet_.fleet().accelerator.accelerator = Accelerator::kKvm;
  EXPECT_EQ(Run("breaks_in_boot").vm().failed_boots_size(), 0);
}

TEST_F(CellRunTest, FirstInterruptIsPassedOnAndTheSecondKills) {
  const Cell cell = FakeFleet::MakeCell("one", "hangs");
  CellRun run(fleet_.fleet(), cell, nullptr);
  EXPECT_THAT(run.Progress(), StartsWith("one boots "));
  while (run.Progress().find(" is up ") == std::string::npos) {
    WaitAndPump(run);
  }
  run.Interrupt(SIGTERM);
  run.Pump([](const std::string&) {});
  EXPECT_FALSE(run.done());
  run.Interrupt(SIGINT);
  while (!run.done()) WaitAndPump(run);
  EXPECT_EQ(run.Progress(), "one done");
  EXPECT_EQ(run.report().vm().end(), proto::Vm::INTERRUPTED);
  EXPECT_EQ(ExitCode(run.report()), 128 + SIGTERM);
  run.Interrupt(SIGINT);  // Of no effect any more.
}

TEST(WorstTimeTest, GrowsWithThePlan) {
  CliOptions options;
  options.run.duration = absl::Seconds(10);
  Cell cell = FakeFleet::MakeCell("one", "");
  const absl::Duration one = WorstTime(options, cell.plan);
  EXPECT_GT(one, absl::Seconds(10));
  cell.plan.steps.push_back(cell.plan.steps[0]);
  const absl::Duration two = WorstTime(options, cell.plan);
  EXPECT_GE(two, one + absl::Seconds(10));
  options.repeat = 3;
  EXPECT_GE(WorstTime(options, cell.plan), two + 4 * absl::Seconds(10));
}

// A thousand years of plan.
TEST_F(CellRunTest, LongestPlanHasTime) {
  options().vm.timeout = absl::ZeroDuration();
  options().repeat = 1'000'000;
  options().run.duration = absl::Hours(24 * 365);
  const Cell cell = FakeFleet::MakeCell("one", "hangs");
  CellRun run(fleet_.fleet(), cell, nullptr);
  EXPECT_GT(run.deadline_ns(), MonotonicNanos() + 3600 * kNanosPerSecond);
}

}  // namespace
}  // namespace ktstr
