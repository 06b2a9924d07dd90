// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/topology_command.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/plan/fake_stressors.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_sysfs.h"

namespace ktstr {
namespace {

TEST(TopologyCommandTest, DrawsTheTree) {
  FakeSysfs sysfs(
      {.nodes = 2, .llcs_per_node = 1, .cores_per_llc = 2, .smt = 2});
  sysfs.TakeOffline(7);
  const auto topology = Topology::Read(sysfs.root());
  ASSERT_THAT(topology, IsOk());
  EXPECT_EQ(DescribeTopology(*topology, {0, 1, 2}),
            R"(2 nodes, 2 LLCs, 4 cores, 7 CPUs (SMT 1 to 2), 1 not online
node 0: CPUs 0-3, 1.0 GiB
  llc 0: CPUs 0-3, cores 0-1 2-3
node 1: CPUs 4-6, 1.0 GiB
  llc 1: CPUs 4-6, cores 4-5 6
offline: 7
a run may use: 0-2
)");
}

TEST(TopologyCommandTest, SaysWhenTheKernelDoesNotTell) {
  const FakeSysfs nothing;
  const auto topology = Topology::Read(nothing.root());
  ASSERT_THAT(topology, IsOk());
  EXPECT_THAT(DescribeTopology(*topology, {0}),
              testing::AllOf(testing::HasSubstr("the kernel does not tell"),
                             testing::EndsWith("a run may use: 0\n")));
}

}  // namespace
}  // namespace ktstr
