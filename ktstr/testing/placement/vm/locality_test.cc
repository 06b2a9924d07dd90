// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// On which node the memory of workers is, where there are two.

#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/binary/saved_report.h"
#include "ktstr/testing/placement/vm/spied_run.h"
#include "ktstr/testing/vm/run_in_vm.h"

namespace ktstr {
namespace {

using testing::SizeIs;

// The share, over all workers, of pages on the node of their CPU.
double Locality(const proto::Stressor& stressor) {
  uint64_t near = 0;
  uint64_t all = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_TRUE(worker.pages().has_home_node());
    for (const proto::Pages::OnNode& node : worker.pages().on_nodes()) {
      all += node.pages();
      if (node.node() == worker.pages().home_node()) near += node.pages();
    }
  }
  EXPECT_GT(all, 100u);
  return static_cast<double>(near) / static_cast<double>(all);
}

TEST(GuestMemoryTest, IsNearWhereItIsBoundToTheNodeOfTheCpus) {
  const VmOutcome result = RunInVm(
      "2n1l1c1t", {"--stressor=cache_pressure", "size=1M", "--workers=2",
                   "--cpus=node:1", "--affinity=node", "--mempolicy=bind:1",
                   "--check=node_locality>0.9", "--duration=500ms"});
  ExpectPassed(result);
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = result.report.stressors(0);
  EXPECT_GT(Locality(stressor), 0.9);
  for (const proto::Worker& worker : stressor.workers()) {
    EXPECT_EQ(SettingOf(worker, "mempolicy").got(), "bind:1");
    EXPECT_EQ(worker.pages().home_node(), 1);
  }
}

TEST(GuestMemoryTest, IsFarWhereItIsBoundToTheOtherNode) {
  const VmOutcome result = RunInVm(
      "2n1l1c1t", {"--stressor=cache_pressure", "size=1M", "--workers=2",
                   "--cpus=node:1", "--affinity=node", "--mempolicy=bind:0",
                   "--check=node_locality>0.9", "--duration=500ms"});
  EXPECT_EQ(result.outcome.exit_code, 1);
  ASSERT_THAT(result.report.stressors(), SizeIs(1));
  const proto::Stressor& stressor = result.report.stressors(0);
  EXPECT_EQ(CheckOf(stressor, "check:node_locality>0.9").verdict(),
            proto::FAIL);
  EXPECT_EQ(CheckOf(stressor, "applied").verdict(), proto::PASS);
  EXPECT_LT(Locality(stressor), 0.1);
}

}  // namespace
}  // namespace ktstr
