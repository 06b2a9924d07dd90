// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A host without /proc or /sys, as in an initramfs or a tight container: what
// can be measured is, and what cannot is said to be unknown rather than 0.

#include <sched.h>
#include <sys/mount.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

// Puts an empty folder over each, for the new process alone.
bool Hide(const std::vector<const char*>& folders) {
  if (unshare(CLONE_NEWNS) != 0) return false;
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return false;
  }
  for (const char* folder : folders) {
    if (mount("none", folder, "tmpfs", 0, "size=4k") != 0) return false;
  }
  return true;
}

bool HideProc() { return Hide({"/proc"}); }
bool HideSys() { return Hide({"/sys"}); }
bool HideBoth() { return Hide({"/proc", "/sys"}); }
bool HideAll() { return Hide({"/proc", "/sys", "/dev"}); }

Outcome RunOn(const std::function<bool()>& hide,
              const std::vector<std::string>& args) {
  BinaryCall call;
  call.args = args;
  call.before_exec = hide;
  return RunBinary(call);
}

#define KTSTR_SKIP_IF_REFUSED(outcome) \
  if ((outcome).refused) GTEST_SKIP() << "no mount namespace of our own"

TEST(BareHostTest, WithoutProcRunsAndPassesByWhatIsKnown) {
  const Outcome outcome = RunOn(
      HideProc, {"--stressor=wake_chain", "--iterations=200", "--format=json"});
  KTSTR_SKIP_IF_REFUSED(outcome);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  const proto::Stressor& stressor = report.stressors(0);
  // Its switches come from getrusage(2), which needs no /proc.
  EXPECT_EQ(CheckOf(stressor, "exercised").verdict(), proto::PASS);
  EXPECT_FALSE(stressor.host().has_foreign_cpu_ns());
  EXPECT_FALSE(stressor.host().has_steal_ns());
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(worker.iterations(), 200u);
    EXPECT_TRUE(worker.counters().has_voluntary_switches());
    EXPECT_FALSE(worker.counters().has_on_cpu_ns());
    EXPECT_FALSE(worker.counters().has_run_delay_ns());
    EXPECT_FALSE(worker.counters().has_migrations());
  }
}

TEST(BareHostTest, WithoutProcTextShowsNoNumberForTheUnknown) {
  const Outcome outcome =
      RunOn(HideProc, {"--stressor=wake_chain", "--iterations=200"});
  KTSTR_SKIP_IF_REFUSED(outcome);
  EXPECT_THAT(outcome.out, HasSubstr("foreign CPU -, steal -"));
  EXPECT_THAT(outcome.out,
              testing::ContainsRegex("stage .* -  +-  +-\n"));  // on CPU, delay
}

TEST(BareHostTest, WithoutProcChecksOfTheUnknownFail) {
  const Outcome outcome =
      RunOn(HideProc, {"--stressor=wake_chain", "--iterations=200",
                       "--check=run_delay<1000%", "--format=json"});
  KTSTR_SKIP_IF_REFUSED(outcome);
  EXPECT_EQ(outcome.exit_code, 1);
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  EXPECT_EQ(CheckOf(report.stressors(0), "check:run_delay<1000%").verdict(),
            proto::FAIL);
}

TEST(BareHostTest, WithoutProcEveryStressorTellsTheTruth) {
  const Outcome outcome = RunOn(HideProc, {"--stressor=all", "--iterations=200",
                                           "--format=json", "--duration=1s"});
  KTSTR_SKIP_IF_REFUSED(outcome);
  EXPECT_THAT(outcome.exit_code, AnyOf(0, 4)) << outcome.out;
  const proto::Report report = ReportIn(outcome.out);
  EXPECT_GE(report.stressors_size(), 5);
  for (const proto::Stressor& stressor : report.stressors()) {
    EXPECT_THAT(CheckOf(stressor, "exercised").verdict(),
                AnyOf(proto::PASS, proto::SKIP))
        << stressor.name();
  }
}

TEST(BareHostTest, WithoutSysSaysThatTheTopologyIsUnknown) {
  const Outcome outcome = RunOn(
      HideSys, {"--stressor=wake_chain", "--iterations=200", "--format=json"});
  KTSTR_SKIP_IF_REFUSED(outcome);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const proto::Report report = ReportIn(outcome.out);
  EXPECT_EQ(report.host().topology().cores(), 0u);
  EXPECT_THAT(report.host().unreadable(), Not(testing::IsEmpty()));
  const Outcome shown = RunOn(HideSys, {"topology"});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.out,
              AllOf(HasSubstr("topology unknown"), Not(HasSubstr("0 cores"))));
}

TEST(BareHostTest, WithoutSysTextPrintsNoZeroOfWhatIsUnknown) {
  const Outcome outcome =
      RunOn(HideSys, {"--stressor=wake_chain", "--iterations=200"});
  KTSTR_SKIP_IF_REFUSED(outcome);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out,
              AllOf(Not(HasSubstr("0 cores")), Not(HasSubstr("0 LLC")),
                    Not(HasSubstr("0 node")), Not(HasSubstr(" 0 ns"))));
}

TEST(BareHostTest, WithoutSysStillRefusesACpuThatIsNotThere) {
  const Outcome outcome =
      RunOn(HideSys, {"--stressor=spin_wait", "--cpus=4000"});
  KTSTR_SKIP_IF_REFUSED(outcome);
  EXPECT_EQ(outcome.exit_code, 64);
  EXPECT_THAT(outcome.err, HasSubstr("CPU 4000"));
}

TEST(BareHostTest, WithoutBothRunsInBothModes) {
  for (const char* mode : {"fork", "thread"}) {
    const Outcome outcome =
        RunOn(HideBoth, {"--stressor=wake_chain", "--iterations=200",
                         absl::StrCat("--mode=", mode), "--format=tap"});
    KTSTR_SKIP_IF_REFUSED(outcome);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("\nok 1 wake_chain\n"),
                                   Not(HasSubstr("on_cpu_ns=")),
                                   Not(HasSubstr("run_delay_ns="))));
  }
}

// Nor is there /dev/null or /dev/kmsg.
TEST(BareHostTest, WithoutAnythingSaysThatTheKernelLogWasNotWatched) {
  const Outcome outcome = RunOn(
      HideAll, {"--stressor=wake_chain", "--iterations=200", "--format=json"});
  KTSTR_SKIP_IF_REFUSED(outcome);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  EXPECT_THAT(report.stressors(0).host().kernel_log_unread(),
              HasSubstr("/dev/kmsg"));
}

}  // namespace
}  // namespace ktstr
