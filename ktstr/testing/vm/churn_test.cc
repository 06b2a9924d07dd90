// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The stressors that need two nodes, or cgroup v2 with all its controllers, of
// which the machines that build have none to spare: there they prove what they
// do, instead of skipping.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// Bounded by passes, of which an emulated machine may take its time.
std::vector<std::string> Flags(const std::string& stressors,
                               const std::string& mode,
                               std::vector<std::string> more) {
  std::vector<std::string> flags = {
      absl::StrCat("--stressor=", stressors), absl::StrCat("--mode=", mode),
      "--workers=4", "--iterations=25", "--duration=2m"};
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

class ChurnInGuestTest : public testing::TestWithParam<const char*> {
 protected:
  static std::string ProofOf(const proto::Stressor& stressor) {
    EXPECT_EQ(stressor.verdict(), proto::PASS) << stressor.DebugString();
    EXPECT_EQ(CheckOf(stressor, "exercised").verdict(), proto::PASS);
    return stressor.proof().text();
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, ChurnInGuestTest,
                         testing::Values("fork", "thread"));

TEST_P(ChurnInGuestTest, GoesFromNodeToNodeAndFromCgroupToCgroup) {
  const VmOutcome result = RunInVm(
      "2n1l2c2t",
      Flags("numa_migration_churn,numa_working_set_sweep,"
            "cgroup_churn",
            GetParam(),
            {"numa_migration_churn.period=5ms",
             "numa_working_set_sweep.period=5ms",
             "numa_working_set_sweep.region=1M", "cgroup_churn.cycle=5ms"}));
  EXPECT_EQ(result.outcome.exit_code, 0) << result.outcome.err;
  ASSERT_THAT(result.report.stressors(), SizeIs(3));
  EXPECT_THAT(ProofOf(result.report.stressors(0)),
              HasSubstr("25 hops between 2 nodes"));
  EXPECT_THAT(ProofOf(result.report.stressors(1)),
              HasSubstr("6144 of them moved there, in 25 sweeps"));
  EXPECT_THAT(ProofOf(result.report.stressors(2)),
              HasSubstr("25 moves between 2 cgroups with cpu"));
}

TEST_P(ChurnInGuestTest, StaysInTheCgroupThatItWasGiven) {
  const VmOutcome result = RunInVm(
      "2n1l1c1t",
      Flags("cgroup_churn", GetParam(),
            {"cycle=5ms", "--cgroups=a:cpus=0:workers=2,b:cpus=1:workers=2"}));
  EXPECT_EQ(result.outcome.exit_code, 0) << result.outcome.err;
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = result.report.stressors(0);
  EXPECT_THAT(ProofOf(stressor), HasSubstr("25 moves between 2 cgroups"));
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    EXPECT_EQ(cgroup.trouble(), "");
  }
  // Its CPUs hold wherever a worker goes.
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(worker.cpus_used(), worker.cgroup() == "a" ? "0" : "1");
  }
}

}  // namespace
}  // namespace ktstr
