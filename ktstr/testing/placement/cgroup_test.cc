// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The cgroups of a run: who is in them while it goes on, and what is left.

#include <signal.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/placement/cgroup_view.h"
#include "ktstr/testing/placement/placed_run.h"
#include "ktstr/testing/placement/task_view.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Property;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kV1Shares[] = "/sys/fs/cgroup/cpu/cpu.shares";

class CgroupTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "cgroups are root's";
    if (CpuHierarchy().empty()) GTEST_SKIP() << "no cgroups with cpu here";
  }

  BinaryCall Call(std::vector<std::string> flags, size_t workers) const {
    BinaryCall call;
    call.args = std::move(flags);
    call.args.push_back("--stressor=spin_wait");
    call.args.push_back(absl::StrCat("--workers=", workers));
    call.args.push_back(absl::StrCat("--mode=", GetParam()));
    return call;
  }
};

INSTANTIATE_TEST_SUITE_P(All, CgroupTest, testing::Values("fork", "thread"),
                         ModeName);

#define KTSTR_SKIP_WITHOUT(cgroup) \
  if ((cgroup).folder().empty()) GTEST_SKIP() << (cgroup).why_not()

TEST_P(CgroupTest, AnExistingOneHasTheWorkersAndIsLeftAsItWas) {
  const TestCgroup cgroup;
  KTSTR_SKIP_WITHOUT(cgroup);
  if (access(kV1Shares, F_OK) == 0) cgroup.Write("cpu.shares", "512");
  const std::map<std::string, std::string> before = cgroup.Content();
  for (const std::string& given : {cgroup.folder(), cgroup.name()}) {
    PlacedRun run(Call({"--cgroup=" + given}, 2), 2);
    EXPECT_THAT(run.workers(), SizeIs(2));
    for (const pid_t tid : run.workers()) {
      EXPECT_EQ(CpuCgroupOf(tid), cgroup.name());
    }
    EXPECT_NE(CpuCgroupOf(run.binary().pid()), cgroup.name());
    const proto::Stressor stressor = run.End();
    for (const proto::Worker& worker : stressor.workers()) {
      EXPECT_TRUE(SettingOf(worker, "cgroup").applied());
    }
    EXPECT_EQ(cgroup.Content(), before);
  }
}

TEST_P(CgroupTest, ANewOneIsMadeInAnExistingOne) {
  const TestCgroup cgroup;
  KTSTR_SKIP_WITHOUT(cgroup);
  const std::map<std::string, std::string> before = cgroup.Content();
  PlacedRun run(Call({"--cgroup=" + cgroup.folder(), "--cgroup_new"}, 1), 1);
  ASSERT_THAT(run.workers(), SizeIs(1));
  EXPECT_THAT(CpuCgroupOf(run.workers()[0]),
              StartsWith(absl::StrCat(cgroup.name(), "/ktstr.",
                                      run.binary().pid(), ".")));
  EXPECT_THAT(cgroup.Content(), Contains(Key(StartsWith("ktstr."))));
  run.End();
  EXPECT_EQ(cgroup.Content(), before);
}

TEST_P(CgroupTest, SeveralHaveTheWorkersThatTheyAskFor) {
  PlacedRun run(Call({"--cgroups=a:weight=100:workers=2,b:weight=300:workers=1",
                      "--affinity=one"},
                     3),
                3);
  std::vector<std::string> cgroups;
  for (const pid_t tid : run.workers()) cgroups.push_back(CpuCgroupOf(tid));
  const std::string begin = absl::StrCat("/ktstr.", run.binary().pid(), ".");
  EXPECT_THAT(cgroups, Each(HasSubstr(begin)));
  EXPECT_THAT(cgroups,
              ElementsAre(EndsWith("/a"), EndsWith("/a"), EndsWith("/b")));
  if (access(kV1Shares, F_OK) == 0 && cgroups.size() == 3) {
    EXPECT_EQ(V1FileOf(run.workers()[0], "cpu.shares"), "1024");
    EXPECT_EQ(V1FileOf(run.workers()[2], "cpu.shares"), "3072");
  }
  const proto::Stressor stressor = run.End();
  EXPECT_THAT(stressor.workers(),
              ElementsAre(Property(&proto::Worker::cgroup, "a"),
                          Property(&proto::Worker::cgroup, "a"),
                          Property(&proto::Worker::cgroup, "b")));
  EXPECT_THAT(stressor.cgroups(), SizeIs(2));
  EXPECT_THAT(stressor.cgroups(),
              Each(AllOf(Property(&proto::Cgroup::has_cpu, true),
                         Property(&proto::Cgroup::usage_ns, testing::Gt(0)),
                         Property(&proto::Cgroup::trouble, ""))));
}

TEST_P(CgroupTest, ANewOneHasItsControls) {
  if (access(kV1Shares, F_OK) != 0) GTEST_SKIP() << "the files are those of v1";
  PlacedRun run(
      Call({"--cgroup_new", "--cgroup_cpu_weight=200", "--cgroup_cpu_max=150%",
            "--cgroup_cpuset=0", "--cgroup_mems=0", "--cgroup_memory_max=64M"},
           1),
      1);
  ASSERT_THAT(run.workers(), SizeIs(1));
  const pid_t tid = run.workers()[0];
  EXPECT_EQ(V1FileOf(tid, "cpu.shares"), "2048");
  EXPECT_EQ(V1FileOf(tid, "cpu.cfs_quota_us"), "150000");
  EXPECT_EQ(V1FileOf(tid, "cpu.cfs_period_us"), "100000");
  EXPECT_EQ(V1FileOf(tid, "cpuset.cpus"), "0");
  EXPECT_EQ(V1FileOf(tid, "cpuset.mems"), "0");
  EXPECT_EQ(TaskField(tid, "status", "Cpus_allowed_list"), "0");
  EXPECT_EQ(V1FileOf(tid, "memory.limit_in_bytes"), "67108864");
  const proto::Stressor stressor = run.End();
  ASSERT_THAT(stressor.cgroups(), SizeIs(1));
  EXPECT_THAT(stressor.cgroups(0).settings(),
              AllOf(SizeIs(testing::Ge(5)),
                    Each(Property(&proto::Setting::applied, true))));
}

TEST_P(CgroupTest, ANewOneCanBeIdle) {
  if (access(kV1Shares, F_OK) != 0) GTEST_SKIP() << "the files are those of v1";
  PlacedRun run(Call({"--cgroup_new", "--cgroup_idle"}, 1), 1);
  ASSERT_THAT(run.workers(), SizeIs(1));
  EXPECT_EQ(V1FileOf(run.workers()[0], "cpu.idle"), "1");
  run.End();
}

// In v1 with RT_GROUP_SCHED a new cgroup has no real-time runtime.
TEST_P(CgroupTest, RealTimeInANewOneIsRefusedByItsFile) {
  if (access("/sys/fs/cgroup/cpu/cpu.rt_runtime_us", F_OK) != 0) {
    GTEST_SKIP() << "no v1 with CONFIG_RT_GROUP_SCHED";
  }
  BinaryCall call = Call({"--cgroup_new", "--sched=fifo:1", "--cpus=1",
                          "--iterations=10", "--duration=1m", "--format=json"},
                         1);
  const Outcome outcome = RunBinary(call);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  const proto::Report report = ReportIn(outcome.out);
  ASSERT_EQ(report.stressors_size(), 1);
  const proto::Check applied = CheckOf(report.stressors(0), "applied");
  EXPECT_EQ(applied.verdict(), proto::FAIL);
  EXPECT_THAT(applied.detail(), HasSubstr("cpu.rt_runtime_us"));
}

TEST_P(CgroupTest, InterruptedLeavesNone) {
  PlacedRun run(Call({"--cgroups=a,b"}, 2), 2);
  const pid_t pid = run.binary().pid();
  EXPECT_THAT(CgroupsOfRun(pid), Not(IsEmpty()));
  run.End();
  EXPECT_THAT(CgroupsOfRun(pid), IsEmpty());
}

TEST_P(CgroupTest, KilledLeavesThemToTheNextRun) {
  constexpr int kWorkers = 2;
  PlacedRun run(Call({"--cgroup_new"}, kWorkers), kWorkers);
  const pid_t pid = run.binary().pid();
  const bool threads = absl::string_view(GetParam()) == "thread";
  run.binary().Signal(SIGKILL);
  const Outcome killed = run.binary().Finish();
  EXPECT_EQ(killed.signal, SIGKILL);
  // They ended with it, although they stood still.
  EXPECT_EQ(killed.orphans, threads ? 1 : kWorkers);
  EXPECT_EQ(killed.lingering, 0);
  EXPECT_THAT(CgroupsOfRun(pid), Not(IsEmpty()));
  BinaryCall next = Call({"--cgroup_new", "--iterations=10"}, 1);
  const Outcome outcome = RunBinary(next);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_THAT(CgroupsOfRun(pid), IsEmpty());
}

// Those of a run that still goes on are not stale.
TEST_P(CgroupTest, AnotherRunLeavesThoseOfALiveOne) {
  PlacedRun run(Call({"--cgroup_new"}, 1), 1);
  const std::vector<std::string> before = CgroupsOfRun(run.binary().pid());
  EXPECT_THAT(before, Not(IsEmpty()));
  {
    // Not by RunBinary, which would wait for the other's processes, too.
    RunningBinary next(Call({"--cgroup_new", "--iterations=10"}, 1));
    EXPECT_FALSE(next.Await([] { return false; }));
    EXPECT_THAT(next.out(), HasSubstr("1 passed")) << next.err();
  }
  EXPECT_EQ(CgroupsOfRun(run.binary().pid()), before);
  run.End();
}

}  // namespace
}  // namespace ktstr
