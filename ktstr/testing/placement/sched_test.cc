// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// As what workers are scheduled, seen from outside while they run. Real-time
// workers are on one CPU only, and stand still while they are looked at.

#include <sched.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/placement/placed_run.h"
#include "ktstr/testing/placement/task_view.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::Combine;
using testing::HasSubstr;
using testing::SizeIs;
using testing::TestWithParam;
using testing::Values;

// A CPU with another beside it, for those who have to get on.
constexpr char kOneOfSeveral[] = "--cpus=1";

bool HasASecondCpu() {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && CPU_ISSET(1, &cpus);
}

BinaryCall Spinning(absl::string_view mode, std::vector<std::string> flags) {
  BinaryCall call;
  call.args = std::move(flags);
  call.args.push_back("--stressor=spin_wait");
  call.args.push_back(absl::StrCat("--mode=", mode));
  return call;
}

struct Policy {
  std::string text;     // As in --sched.
  int number;           // The kernel's.
  int priority;         // Of real-time ones.
  std::string by_chrt;  // What it calls it.
  bool for_root;
};

// gtest prints parameters.
std::ostream& operator<<(std::ostream& out, const Policy& policy) {
  return out << policy.text;
}

const Policy kPolicies[] = {
    {"normal", SCHED_OTHER, 0, "SCHED_OTHER", false},
    {"batch", SCHED_BATCH, 0, "SCHED_BATCH", false},
    {"idle", SCHED_IDLE, 0, "SCHED_IDLE", false},
    {"fifo:7", SCHED_FIFO, 7, "SCHED_FIFO", true},
    {"rr:3", SCHED_RR, 3, "SCHED_RR", true},
};

class PolicyTest : public TestWithParam<std::tuple<Policy, const char*>> {};

TEST_P(PolicyTest, IsWhatTheKernelSays) {
  const auto& [policy, mode] = GetParam();
  if (policy.for_root && geteuid() != 0) GTEST_SKIP() << "only root may";
  if (!HasASecondCpu()) GTEST_SKIP() << "no CPU 1, and 0 is for the rest";
  BinaryCall call =
      Spinning(mode, {"--sched=" + policy.text, "--workers=1", kOneOfSeveral});
  // Another one than any that is asked for, so that it cannot be inherited.
  const int other = policy.number == SCHED_BATCH ? SCHED_OTHER : SCHED_BATCH;
  call.before_exec = [other] {
    const sched_param none = {};
    return sched_setscheduler(0, other, &none) == 0;
  };
  PlacedRun run(call, 1);
  ASSERT_THAT(run.workers(), SizeIs(1));
  const pid_t tid = run.workers()[0];
  EXPECT_EQ(TaskStat(tid, StatField::kPolicy), policy.number);
  EXPECT_EQ(TaskStat(tid, StatField::kRtPriority), policy.priority);
  const absl::optional<std::string> chrt = ProgramOn("chrt", tid);
  if (chrt.has_value()) {
    EXPECT_THAT(
        *chrt,
        AllOf(HasSubstr(absl::StrCat("policy: ", policy.by_chrt, "\n")),
              HasSubstr(absl::StrCat("priority: ", policy.priority, "\n"))));
  }
  // ktstr itself is what it was, unless it would not get on so.
  const pid_t ktstr = run.binary().pid();
  if (policy.for_root) {
    EXPECT_EQ(TaskStat(ktstr, StatField::kPolicy), SCHED_FIFO);
    EXPECT_GT(TaskStat(ktstr, StatField::kRtPriority), policy.priority);
  } else {
    EXPECT_EQ(TaskStat(ktstr, StatField::kPolicy), other);
  }
  const proto::Stressor stressor = run.End();
  ASSERT_THAT(stressor.workers(), SizeIs(1));
  EXPECT_EQ(stressor.workers(0).tid(), tid);
  const proto::Setting setting = SettingOf(stressor.workers(0), "policy");
  EXPECT_EQ(setting.asked(), policy.text);
  EXPECT_EQ(setting.got(), policy.text);
}

std::string NameOf(const testing::TestParamInfo<PolicyTest::ParamType>& info) {
  const std::string& text = std::get<0>(info.param).text;
  return absl::StrCat(text.substr(0, text.find(':')), "_",
                      std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(All, PolicyTest,
                         Combine(testing::ValuesIn(kPolicies),
                                 Values("fork", "thread")),
                         NameOf);

class SchedTest : public TestWithParam<const char*> {
 protected:
  PlacedRun Run(std::vector<std::string> flags, size_t workers) {
    flags.push_back(absl::StrCat("--workers=", workers));
    return PlacedRun(Spinning(GetParam(), std::move(flags)), workers);
  }
};

INSTANTIATE_TEST_SUITE_P(All, SchedTest, Values("fork", "thread"), ModeName);

TEST_P(SchedTest, NiceIsOfEachWorker) {
  PlacedRun run = Run({"--nice=7"}, 2);
  for (const pid_t tid : run.workers()) {
    EXPECT_EQ(TaskStat(tid, StatField::kNice), 7);
    EXPECT_EQ(TaskField(tid, "sched", "prio"), "127");
  }
  EXPECT_EQ(TaskStat(run.binary().pid(), StatField::kNice), 0);
  const proto::Stressor stressor = run.End();
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(SettingOf(worker, "nice").got(), "7");
  }
}

TEST_P(SchedTest, NiceBelowZeroIsForRoot) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may";
  PlacedRun run = Run({"--nice=-11"}, 1);
  ASSERT_THAT(run.workers(), SizeIs(1));
  EXPECT_EQ(TaskStat(run.workers()[0], StatField::kNice), -11);
  run.End();
}

TEST_P(SchedTest, NiceAndPolicyGoTogether) {
  PlacedRun run = Run({"--nice=3", "--sched=batch"}, 1);
  ASSERT_THAT(run.workers(), SizeIs(1));
  EXPECT_EQ(TaskStat(run.workers()[0], StatField::kNice), 3);
  EXPECT_EQ(TaskStat(run.workers()[0], StatField::kPolicy), SCHED_BATCH);
  run.End();
}

TEST_P(SchedTest, SliceIsThatOfTheKernel) {
  if (!TaskField(getpid(), "sched", "se.slice").has_value()) {
    GTEST_SKIP() << "no slice in /proc/PID/sched: not Linux 6.12 or later";
  }
  PlacedRun run = Run({"--slice=7ms", "--nice=2"}, 2);
  for (const pid_t tid : run.workers()) {
    EXPECT_EQ(TaskField(tid, "sched", "se.slice"), "7000000");
    EXPECT_EQ(TaskStat(tid, StatField::kNice), 2);
  }
  const proto::Stressor stressor = run.End();
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(SettingOf(worker, "slice").got(), "7ms");
  }
}

TEST_P(SchedTest, TimerSlackIsThatOfTheKernel) {
  PlacedRun run = Run({"--timer_slack=123us"}, 2);
  for (const pid_t tid : run.workers()) {
    EXPECT_EQ(TaskFile(tid, "timerslack_ns"), "123000");
  }
  const proto::Stressor stressor = run.End();
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(SettingOf(worker, "timer_slack").got(), "123us");
  }
}

TEST_P(SchedTest, WorkersAreCalledByRoleAndIndex) {
  PlacedRun run = Run({"--cpus=0"}, 3);
  std::vector<std::string> names;
  for (const pid_t tid : run.workers()) names.push_back(TaskFile(tid, "comm"));
  EXPECT_THAT(names, testing::ElementsAre("ktstr:worker:0", "ktstr:worker:1",
                                          "ktstr:worker:2"));
  EXPECT_EQ(TaskFile(run.binary().pid(), "comm"), "ktstr");
  run.End();
}

// "/autogroup-91359 nice 0"; "" without CONFIG_SCHED_AUTOGROUP.
std::string AutogroupOf(pid_t pid) {
  if (access("/proc/self/autogroup", R_OK) != 0) return "";
  return TaskFile(pid, "autogroup");
}

std::string NumberOf(const std::string& autogroup) {
  return autogroup.substr(0, autogroup.find(' '));
}

TEST_P(SchedTest, SharedAutogroupIsThatOfKtstr) {
  PlacedRun run = Run({"--autogroup=shared"}, 2);
  const std::string of_ktstr = AutogroupOf(run.binary().pid());
  if (of_ktstr.empty()) GTEST_SKIP() << "no CONFIG_SCHED_AUTOGROUP";
  for (const pid_t tid : run.workers()) EXPECT_EQ(AutogroupOf(tid), of_ktstr);
  run.End();
}

TEST_P(SchedTest, OwnAutogroupIsOfEachProcess) {
  PlacedRun run = Run({"--autogroup=own:7"}, 2);
  const std::string of_ktstr = AutogroupOf(run.binary().pid());
  if (of_ktstr.empty()) GTEST_SKIP() << "no CONFIG_SCHED_AUTOGROUP";
  ASSERT_THAT(run.workers(), SizeIs(2));
  const std::string first = AutogroupOf(run.workers()[0]);
  const std::string second = AutogroupOf(run.workers()[1]);
  EXPECT_THAT(first, testing::EndsWith(" nice 7"));
  EXPECT_THAT(second, testing::EndsWith(" nice 7"));
  EXPECT_NE(NumberOf(first), NumberOf(of_ktstr));
  // Threads are of one process, and so of one session.
  EXPECT_EQ(NumberOf(first) == NumberOf(second),
            absl::string_view(GetParam()) == "thread");
  const proto::Stressor stressor = run.End();
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(SettingOf(worker, "autogroup").got(), "own:7");
  }
}

}  // namespace
}  // namespace ktstr
