// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Cgroup v2 with all controllers, which guests have for themselves.

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/placement/vm/spied_run.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using testing::DoubleNear;
using testing::EndsWith;
using testing::IsEmpty;
using testing::SizeIs;

// 1:3 on each of two CPUs.
const std::vector<std::string> kQuarters = {
    "--stressor=spin_wait", "--workers=4", "--affinity=spread",
    "--cgroups=a:weight=100:workers=2,b:weight=300:workers=2", "--duration=4s"};

// Whether workers began and ended far apart, as when the guest's CPUs have to
// wait for those of a busy host: what one does alone adds to its share.
bool IsDisturbed(const proto::Stressor& stressor) {
  constexpr double kMost = 0.02;  // Of the time that the run took.
  return static_cast<double>(stressor.start_spread_ns() + stressor.stop_ns()) >
         kMost * static_cast<double>(stressor.run_ns());
}

// Again, at most three times, if it was disturbed.
SpiedRun RunQuarters(absl::string_view way, absl::string_view mode) {
  constexpr int kMostRuns = 4;
  std::vector<std::string> flags = kQuarters;
  flags.push_back(absl::StrCat("--mode=", mode));
  SpiedRun run;
  for (int i = 0; i < kMostRuns; ++i) {
    run = RunSpied("1n1l2c1t", way, flags);
    if (run.vm.report.stressors_size() != 1) break;
    if (!IsDisturbed(run.vm.report.stressors(0))) break;
  }
  return run;
}

// Of the CPU time of both, in per cent; by the kernel's counters.
double ShareOfA(const proto::Stressor& stressor) {
  EXPECT_THAT(stressor.cgroups(), SizeIs(2));
  if (stressor.cgroups_size() != 2) return -1;
  const auto a = static_cast<double>(stressor.cgroups(0).usage_ns());
  const auto b = static_cast<double>(stressor.cgroups(1).usage_ns());
  return 100 * a / (a + b);
}

// The same by the workers' own counters, which are no part of the check.
double ShareOfWorkersInA(const proto::Stressor& stressor) {
  double a = 0;
  double all = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    const auto ns = static_cast<double>(worker.counters().on_cpu_ns());
    all += ns;
    if (worker.cgroup() == "a") a += ns;
  }
  return 100 * a / all;
}

TEST(GuestCgroupTest, SharesFollowWeights) {
  constexpr double kTolerance = 1.25;  // 5 % of 25.
  const SpiedRun run = RunQuarters("look", "fork");
  ExpectPassed(run.vm);
  ASSERT_THAT(run.vm.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = run.vm.report.stressors(0);
  EXPECT_EQ(CheckOf(stressor, "cgroup_share").verdict(), proto::PASS);
  EXPECT_THAT(ShareOfA(stressor), DoubleNear(25, kTolerance));
  EXPECT_THAT(ShareOfWorkersInA(stressor), DoubleNear(25, kTolerance));
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_THAT(run.Seen(worker)["cgroup"],
                EndsWith(absl::StrCat("/", worker.cgroup())));
  }
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    EXPECT_TRUE(cgroup.has_some_stalled_ns()) << "no cpu.pressure";
    EXPECT_EQ(cgroup.trouble(), "");
  }
  EXPECT_THAT(run.left, IsEmpty());
}

TEST(GuestCgroupTest, SharesThatDoNotFollowWeightsFail) {
  const SpiedRun run = RunQuarters("lie", "fork");
  EXPECT_EQ(run.vm.outcome.exit_code, 1);
  ASSERT_THAT(run.vm.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = run.vm.report.stressors(0);
  EXPECT_EQ(stressor.verdict(), proto::FAIL);
  const proto::Check share = CheckOf(stressor, "cgroup_share");
  EXPECT_EQ(share.verdict(), proto::FAIL) << share.detail();
  EXPECT_THAT(ShareOfA(stressor), DoubleNear(50, 10));
}

// Only threaded cgroups take threads of one process.
TEST(GuestCgroupTest, ThreadsAreInThreadedOnes) {
  const SpiedRun run = RunQuarters("look", "thread");
  ExpectPassed(run.vm);
  ASSERT_THAT(run.vm.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = run.vm.report.stressors(0);
  ASSERT_THAT(stressor.workers(), SizeIs(4));
  EXPECT_EQ(stressor.workers(0).pid(), stressor.workers(3).pid());
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_THAT(run.Seen(worker)["cgroup"],
                EndsWith(absl::StrCat("/", worker.cgroup())));
  }
  EXPECT_EQ(stressor.workers(0).cgroup(), "a");
  EXPECT_EQ(stressor.workers(3).cgroup(), "b");
  EXPECT_EQ(CheckOf(stressor, "cgroup_share").verdict(), proto::PASS);
  EXPECT_THAT(run.left, IsEmpty());
}

// All controls of v2 at once; half a CPU is what both workers get of two.
TEST(GuestCgroupTest, ANewOneHasItsControls) {
  const SpiedRun run = RunSpied(
      "2n1l2c1t", "look",
      {"--stressor=spin_wait", "--workers=2", "--cgroup_new",
       "--cgroup_cpu_weight=200", "--cgroup_cpu_max=50%", "--cgroup_cpuset=1,3",
       "--cgroup_mems=1", "--cgroup_memory_max=64M", "--duration=1s"});
  ExpectPassed(run.vm);
  ASSERT_THAT(run.vm.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = run.vm.report.stressors(0);
  ASSERT_THAT(stressor.cgroups(), SizeIs(1));
  const proto::Cgroup& cgroup = stressor.cgroups(0);
  EXPECT_THAT(cgroup.settings(), SizeIs(5));
  EXPECT_GT(cgroup.throttled_periods(), 0);
  const double cpus = static_cast<double>(cgroup.usage_ns()) /
                      static_cast<double>(stressor.run_ns());
  EXPECT_GT(cpus, 0.2);
  EXPECT_LT(cpus, 0.7);  // Of 2 without the limit.
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(run.Seen(worker)["cpus"], "1,3");
  }
  EXPECT_THAT(run.left, IsEmpty());
}

}  // namespace
}  // namespace ktstr
