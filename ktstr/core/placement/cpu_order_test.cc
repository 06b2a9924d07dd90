// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/cpu_order.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/fake_machines.h"
#include "ktstr/topology/fake_sysfs.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SpreadOrderTest, GoesOverNodesThenLlcsThenCoresThenSiblings) {
  const Topology topology = TwoNodes();
  EXPECT_THAT(
      SpreadOrder(topology, topology.online()),
      ElementsAre(0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15));
}

TEST(SpreadOrderTest, GoesOnWhereThereAreMoreCores) {
  EXPECT_THAT(
      SpreadOrder(TwoNodes(), CpuSet{0, 1, 8, 9, 10, 11, 12, 13, 14, 15}),
      ElementsAre(0, 8, 12, 10, 14, 1, 9, 13, 11, 15));
}

TEST(SpreadOrderTest, TakesFreeCoresBeforeSiblings) {
  const Topology topology = HybridCores();
  EXPECT_THAT(SpreadOrder(topology, topology.online()),
              ElementsAre(0, 4, 2, 5, 6, 7, 1, 3));
}

TEST(SpreadOrderTest, CountsSiblingsAmongTheCpusGiven) {
  EXPECT_THAT(SpreadOrder(TwoNodes(), CpuSet{1, 2, 3}), ElementsAre(1, 2, 3));
  EXPECT_THAT(SpreadOrder(TwoNodes(), CpuSet()), IsEmpty());
}

TEST(PackOrderTest, FillsCoreThenLlcThenNode) {
  const Topology topology = SparseCpus();
  EXPECT_THAT(PackOrder(topology, topology.online()),
              ElementsAre(3, 700, 65, 1025, 2048, 2049, 8000, 8001));
}

TEST(PackOrderTest, StaysOnANodeThoughNumbersAlternate) {
  FakeSysfs sysfs({.nodes = 2, .cores_per_llc = 2});
  sysfs.Write("node/node0/cpulist", "0,2");
  sysfs.Write("node/node1/cpulist", "1,3");
  EXPECT_THAT(
      PackOrder(Topology::Read(sysfs.root()).value(), CpuSet{0, 1, 2, 3}),
      ElementsAre(0, 2, 1, 3));
}

TEST(PackOrderTest, StaysOnAnLlcThoughNumbersAlternate) {
  FakeSysfs sysfs({.cores_per_llc = 4});
  for (int cpu = 0; cpu < 4; ++cpu) {
    sysfs.Write(absl::StrCat("cpu/cpu", cpu, "/cache/index3/shared_cpu_list"),
                cpu % 2 == 0 ? "0,2" : "1,3");
  }
  const Topology topology = Topology::Read(sysfs.root()).value();
  EXPECT_THAT(PackOrder(topology, topology.online()), ElementsAre(0, 2, 1, 3));
  EXPECT_THAT(SpreadOrder(topology, topology.online()),
              ElementsAre(0, 1, 2, 3));
}

TEST(CpuOrderDeathTest, OfflineCpusHaveNoOrder) {
  EXPECT_DEATH(SpreadOrder(OfflineCpus(), CpuSet{0}), "online");
  EXPECT_DEATH(PackOrder(UnknownTopology(), CpuSet{0}), "known");
}

}  // namespace
}  // namespace ktstr
