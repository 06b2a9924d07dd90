// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/topology/topology.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_sysfs.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsFalse;
using ::testing::IsNull;
using ::testing::IsTrue;
using ::testing::Optional;
using ::testing::SizeIs;

using Cpu = Topology::Cpu;

Topology ReadOrDie(const FakeSysfs& sysfs) {
  return Topology::Read(sysfs.root()).value();
}

std::vector<std::string> Lists(const std::vector<CpuSet>& sets) {
  std::vector<std::string> lists;
  for (const CpuSet& set : sets) lists.push_back(set.ToString());
  return lists;
}

TEST(TopologyTest, OneCpu) {
  const Topology topology = ReadOrDie(FakeSysfs({.nodes = 1}));
  EXPECT_THAT(topology.Summary(), Eq("1 node, 1 LLC, 1 core, 1 CPU"));
  EXPECT_THAT(topology.known(), IsTrue());
  EXPECT_THAT(topology.llc_known(), IsTrue());
  EXPECT_THAT(topology.package_count(), Eq(1));
}

TEST(TopologyTest, PlacesSmtSiblingsInCoresLlcsAndNodes) {
  const Topology topology = ReadOrDie(FakeSysfs(
      {.nodes = 2, .llcs_per_node = 2, .cores_per_llc = 2, .smt = 2}));
  EXPECT_THAT(topology.Summary(),
              Eq("2 nodes, 4 LLCs, 8 cores, 16 CPUs (SMT 2)"));
  EXPECT_THAT(Lists(topology.llcs()),
              ElementsAre("0-3", "4-7", "8-11", "12-15"));
  EXPECT_THAT(topology.cores(), SizeIs(8));
  EXPECT_THAT(topology.package_count(), Eq(2));
  EXPECT_THAT(*topology.Find(11),
              AllOf(Field(&Cpu::package, Eq(1)), Field(&Cpu::core, Eq(5)),
                    Field(&Cpu::llc, Eq(2)), Field(&Cpu::node, Eq(1)),
                    Field(&Cpu::smt_index, Eq(1))));
}

TEST(TopologyTest, SiblingsNeedNotBeNeighbours) {
  FakeSysfs sysfs({.cores_per_llc = 4});
  for (int cpu = 0; cpu < 4; ++cpu) {
    sysfs.Write(absl::StrCat("cpu/cpu", cpu, "/topology/core_cpus_list"),
                cpu % 2 == 0 ? "0,2" : "1,3");
  }
  const Topology topology = ReadOrDie(sysfs);
  EXPECT_THAT(Lists(topology.cores()), ElementsAre("0,2", "1,3"));
  EXPECT_THAT(topology.Find(3)->smt_index, Eq(1));
}

TEST(TopologyTest, UsesThreadSiblingsOfOlderKernels) {
  FakeSysfs sysfs({.smt = 2});
  sysfs.Remove("cpu/cpu0/topology/core_cpus_list");
  sysfs.Remove("cpu/cpu1/topology/core_cpus_list");
  EXPECT_THAT(Lists(ReadOrDie(sysfs).cores()), ElementsAre("0-1"));
}

TEST(TopologyTest, NodesMayHaveMemoryAndNoCpus) {
  FakeSysfs sysfs({.cores_per_llc = 2, .node_memory_kib = 100});
  sysfs.Write("node/online", "0,4");
  sysfs.Write("node/node4/cpulist", "");
  sysfs.Write("node/node4/meminfo", "Node 4 MemTotal:       8 kB");
  const Topology topology = ReadOrDie(sysfs);
  ASSERT_THAT(topology.nodes(), SizeIs(2));
  EXPECT_THAT(topology.nodes()[0].memory_bytes, Optional(102'400));
  EXPECT_THAT(topology.nodes()[1].id, Eq(4));
  EXPECT_THAT(topology.nodes()[1].cpus, Eq(CpuSet()));
  EXPECT_THAT(topology.nodes()[1].memory_bytes, Optional(8'192));
  EXPECT_THAT(topology.Summary(),
              Eq("2 nodes (1 of memory only), 1 LLC, 2 cores, 2 CPUs"));
}

TEST(TopologyTest, KernelsWithoutNumaHaveOneNodeOfUnknownSize) {
  FakeSysfs sysfs({.nodes = 2});
  sysfs.Remove("node");
  const Topology topology = ReadOrDie(sysfs);
  ASSERT_THAT(topology.nodes(), SizeIs(1));
  EXPECT_THAT(topology.nodes()[0].cpus, Eq(CpuSet{0, 1}));
  EXPECT_THAT(topology.nodes()[0].memory_bytes, Eq(std::nullopt));
  EXPECT_THAT(topology.cpus(), Each(Field(&Cpu::node, Eq(0))));
}

TEST(TopologyTest, OfflineCpusHaveNoPlace) {
  FakeSysfs sysfs({.cores_per_llc = 4, .smt = 2});
  sysfs.TakeOffline(3);
  sysfs.TakeOffline(6);
  const Topology topology = ReadOrDie(sysfs);
  EXPECT_THAT(topology.Summary(),
              Eq("1 node, 1 LLC, 4 cores, 6 CPUs (SMT 1 to 2), 2 not online"));
  EXPECT_THAT(topology.online().ToString(), Eq("0-2,4-5,7"));
  EXPECT_THAT(topology.possible().ToString(), Eq("0-7"));
  EXPECT_THAT(topology.cpus(), SizeIs(8));
  EXPECT_THAT(*topology.Find(3),
              AllOf(Field(&Cpu::online, IsFalse()),
                    Field(&Cpu::core, Eq(Topology::kUnknown)),
                    Field(&Cpu::llc, Eq(Topology::kUnknown)),
                    Field(&Cpu::node, Eq(Topology::kUnknown)),
                    Field(&Cpu::package, Eq(Topology::kUnknown)),
                    Field(&Cpu::smt_index, Eq(Topology::kUnknown))));
  EXPECT_THAT(topology.Find(7)->smt_index, Eq(0));
}

TEST(TopologyTest, ListsThatStillNameOfflineCpusAreCutToOnlineOnes) {
  FakeSysfs sysfs({.cores_per_llc = 2, .smt = 2});
  sysfs.Write("cpu/online", "0-2");
  EXPECT_THAT(Lists(ReadOrDie(sysfs).llcs()), ElementsAre("0-2"));
}

TEST(TopologyTest, ThereIsNoCpuBeyondThePossibleOnes) {
  EXPECT_THAT(ReadOrDie(FakeSysfs({.nodes = 1})).Find(1), IsNull());
}

TEST(TopologyTest, ReadsFiveHundredAndTwelveCpus) {
  const Topology topology = ReadOrDie(FakeSysfs(
      {.nodes = 4, .llcs_per_node = 4, .cores_per_llc = 16, .smt = 2}));
  EXPECT_THAT(topology.Summary(),
              Eq("4 nodes, 16 LLCs, 256 cores, 512 CPUs (SMT 2)"));
  EXPECT_THAT(topology.llcs()[15].ToString(), Eq("480-511"));
  EXPECT_THAT(topology.Find(511)->core, Eq(255));
}

// Two cores with SMT and an L3; four small ones with an L2 in common.
TEST(TopologyTest, HybridCoresMayEndAtDifferentCacheLevels) {
  FakeSysfs sysfs({.cores_per_llc = 4, .smt = 2});
  for (int cpu = 0; cpu < 8; ++cpu) {
    const std::string folder = absl::StrCat("cpu/cpu", cpu);
    if (cpu < 4) {
      sysfs.Write(folder + "/cache/index3/shared_cpu_list", "0-3");
    } else {
      sysfs.Write(folder + "/topology/core_cpus_list", absl::StrCat(cpu));
      sysfs.Write(folder + "/cache/index2/shared_cpu_list", "4-7");
      sysfs.Remove(folder + "/cache/index3");
    }
  }
  const Topology topology = ReadOrDie(sysfs);
  EXPECT_THAT(Lists(topology.cores()),
              ElementsAre("0-1", "2-3", "4", "5", "6", "7"));
  EXPECT_THAT(Lists(topology.llcs()), ElementsAre("0-3", "4-7"));
  EXPECT_THAT(topology.llc_known(), IsTrue());
  EXPECT_THAT(topology.Summary(),
              Eq("1 node, 2 LLCs, 6 cores, 8 CPUs (SMT 1 to 2)"));
}

TEST(TopologyTest, InstructionCachesAreNoLastLevel) {
  FakeSysfs sysfs({.cores_per_llc = 2});
  for (const char* cpu : {"cpu/cpu0", "cpu/cpu1"}) {
    sysfs.Write(absl::StrCat(cpu, "/cache/index1/level"), "4");
    sysfs.Write(absl::StrCat(cpu, "/cache/index3/type"), "Data");
  }
  EXPECT_THAT(Lists(ReadOrDie(sysfs).llcs()), ElementsAre("0-1"));
}

TEST(TopologyTest, TheHighestCacheLevelCountsInWhateverOrder) {
  FakeSysfs sysfs({.llcs_per_node = 2});
  for (const char* cpu : {"cpu/cpu0", "cpu/cpu1"}) {
    sysfs.Write(absl::StrCat(cpu, "/cache/index0/level"), "4");
    sysfs.Write(absl::StrCat(cpu, "/cache/index0/shared_cpu_list"), "0-1");
  }
  EXPECT_THAT(Lists(ReadOrDie(sysfs).llcs()), ElementsAre("0-1"));
}

TEST(TopologyTest, WithoutCacheFilesEachPackageIsOneLlc) {
  FakeSysfs sysfs({.nodes = 2, .llcs_per_node = 2});
  sysfs.Remove("cpu/cpu3/cache");  // One without is enough.
  const Topology topology = ReadOrDie(sysfs);
  EXPECT_THAT(topology.llc_known(), IsFalse());
  EXPECT_THAT(topology.known(), IsTrue());
  EXPECT_THAT(Lists(topology.llcs()), ElementsAre("0-1", "2-3"));
  EXPECT_THAT(topology.Find(1)->llc, Eq(0));
  EXPECT_THAT(topology.Find(2)->llc, Eq(1));
  EXPECT_THAT(topology.Summary(), HasSubstr("2 LLCs (assumed: one per packag"));
}

TEST(TopologyTest, CachesWithoutSharersAreNotKnown) {
  FakeSysfs sysfs({.cores_per_llc = 2});
  sysfs.Remove("cpu/cpu0/cache/index3/shared_cpu_list");
  EXPECT_THAT(ReadOrDie(sysfs).llc_known(), IsFalse());
}

TEST(TopologyTest, PackagesMayHaveNoNumber) {
  FakeSysfs sysfs({.cores_per_llc = 2});
  sysfs.Write("cpu/cpu0/topology/physical_package_id", "-1");
  sysfs.Remove("cpu/cpu1/topology/physical_package_id");
  const Topology topology = ReadOrDie(sysfs);
  EXPECT_THAT(topology.cpus(),
              Each(Field(&Cpu::package, Eq(Topology::kUnknown))));
  EXPECT_THAT(topology.package_count(), Eq(0));
}

TEST(TopologyTest, ReadsTheGovernorWhereThereIsOne) {
  FakeSysfs sysfs({.cores_per_llc = 2});
  sysfs.Write("cpu/cpu1/cpufreq/scaling_governor", "schedutil");
  const Topology topology = ReadOrDie(sysfs);
  EXPECT_THAT(topology.Find(0)->governor, IsEmpty());
  EXPECT_THAT(topology.Find(1)->governor, Eq("schedutil"));
}

TEST(TopologyTest, WithoutSysfsOnlyTheAllowedCpusAreKnown) {
  const FakeSysfs nothing;
  const Topology topology = ReadOrDie(nothing);
  EXPECT_THAT(topology.known(), IsFalse());
  EXPECT_THAT(topology.unknown_reason(),
              Eq(absl::StrCat("no ", nothing.root(),
                              "/sys/devices/system/cpu/online")));
  EXPECT_THAT(GetAffinity(), IsOkAndHolds(topology.online()));
  EXPECT_THAT(topology.cpus(),
              Each(AllOf(Field(&Cpu::online, IsTrue()),
                         Field(&Cpu::core, Eq(Topology::kUnknown)),
                         Field(&Cpu::llc, Eq(Topology::kUnknown)),
                         Field(&Cpu::node, Eq(Topology::kUnknown)))));
  EXPECT_THAT(topology.cores(), IsEmpty());
  EXPECT_THAT(topology.llcs(), IsEmpty());
  EXPECT_THAT(topology.nodes(), IsEmpty());
  EXPECT_THAT(topology.llc_known(), IsFalse());
  EXPECT_THAT(topology.Summary(), HasSubstr("topology unknown (no "));
}

TEST(TopologyTest, ListsOfCpusAloneAreNoTopology) {
  FakeSysfs sysfs({.cores_per_llc = 3});
  sysfs.Remove("cpu/cpu2");
  const Topology topology = ReadOrDie(sysfs);
  EXPECT_THAT(topology.unknown_reason(),
              HasSubstr("cpu/cpu2/topology/thread_siblings_list"));
  EXPECT_THAT(topology.online(), Eq(CpuSet{0, 1, 2}));
  EXPECT_THAT(topology.cores(), IsEmpty());
  EXPECT_THAT(topology.cpus(),
              Each(AllOf(Field(&Cpu::core, Eq(Topology::kUnknown)),
                         Field(&Cpu::smt_index, Eq(Topology::kUnknown)))));
}

TEST(TopologyTest, ErrorsNameTheFileThatMakesNoSense) {
  const struct {
    const char* path;
    const char* contents;
    const char* why;
  } table[] = {
      {"cpu/online", "", "no CPU is online"},
      {"cpu/online", "zero", "zero"},
      {"cpu/online", "3-1", "3-1"},
      {"cpu/possible", "0-", "0-"},
      {"cpu/possible", "0-99999999", "99999999"},
      {"cpu/cpu0/topology/physical_package_id", "", "\"\" is not a number"},
      {"cpu/cpu0/topology/physical_package_id", "x", "\"x\" is not a number"},
      {"cpu/cpu0/topology/core_cpus_list", "", "leaves out CPU 0"},
      {"cpu/cpu0/topology/core_cpus_list", "1", "leaves out CPU 0"},
      {"cpu/cpu2/topology/core_cpus_list", "1-2", "CPU 1 is also in \"0-1\""},
      {"cpu/cpu0/topology/core_cpus_list", "0;1", "0;1"},
      {"cpu/cpu0/cache/index2/level", "two", "\"two\" is not a number"},
      {"cpu/cpu0/cache/index3/shared_cpu_list", "f", "f"},
      {"cpu/cpu2/cache/index3/shared_cpu_list", "0-2", "also in \"0-1\""},
      {"node/online", "-", "-"},
      {"node/online", "0-2", "no such file"},
      {"node/node1/cpulist", "1,2,3", "CPU 1 is also of node 0"},
      {"node/node0/meminfo", "", "no line with MemTotal: and a size"},
      {"node/node0/meminfo", "Node 0 MemTotal: many kB", "MemTotal:"},
  };
  for (const auto& [path, contents, why] : table) {
    FakeSysfs sysfs({.nodes = 2, .smt = 2});
    sysfs.Write(path, contents);
    const std::string named =
        std::string(why) == "no such file" ? "node/node2/cpulist" : path;
    EXPECT_THAT(Topology::Read(sysfs.root()),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(named + ": "), HasSubstr(why))))
        << path << " = " << contents;
  }
}

TEST(TopologyTest, FilesThatCannotBeReadAreErrors) {
  FakeSysfs sysfs({.nodes = 1});
  sysfs.Remove("cpu/online");
  sysfs.Write("cpu/online/file", "");  // Reading a folder gives EISDIR.
  EXPECT_THAT(Topology::Read(sysfs.root()).status().message(),
              HasSubstr("cpu/online"));
}

TEST(TopologyTest, RegularMachineIsAsIfReadFromSysfs) {
  const Topology read = ReadOrDie(FakeSysfs(
      {.nodes = 3, .llcs_per_node = 2, .cores_per_llc = 4, .smt = 2}));
  const Topology made =
      Topology::Regular({.nodes = 3, .llcs = 2, .cores = 4, .threads = 2});
  EXPECT_THAT(made.Summary(), Eq(read.Summary()));
  EXPECT_THAT(made.possible(), Eq(read.possible()));
  EXPECT_THAT(Lists(made.cores()), Eq(Lists(read.cores())));
  EXPECT_THAT(Lists(made.llcs()), Eq(Lists(read.llcs())));
  for (const Cpu& cpu : read.cpus()) {
    const Cpu& same = *made.Find(cpu.id);
    EXPECT_THAT(same.online, IsTrue());
    EXPECT_THAT(same.package, Eq(cpu.package));
    EXPECT_THAT(same.core, Eq(cpu.core));
    EXPECT_THAT(same.llc, Eq(cpu.llc));
    EXPECT_THAT(same.node, Eq(cpu.node));
    EXPECT_THAT(same.smt_index, Eq(cpu.smt_index));
  }
}

TEST(TopologyTest, UnknownIsTheAffinityAndAReason) {
  const absl::StatusOr<Topology> topology = Topology::Unknown("because");
  ASSERT_THAT(topology, IsOk());
  EXPECT_THAT(topology->unknown_reason(), Eq("because"));
  EXPECT_THAT(topology->online(), Eq(*GetAffinity()));
  EXPECT_THAT(topology->cpus(), SizeIs(topology->online().Count()));
}

TEST(TopologyTest, ReadsThisMachine) {
  const absl::StatusOr<Topology> topology = Topology::Read();
  ASSERT_THAT(topology, IsOk());
  EXPECT_THAT(topology->online().Count(), Ge(1));
  // Affinity is never beyond the online CPUs.
  EXPECT_THAT(GetAffinity()->Difference(topology->online()), Eq(CpuSet()));
  if (!topology->known()) GTEST_SKIP() << topology->unknown_reason();
  uint32_t in_cores = 0;
  for (const CpuSet& core : topology->cores()) in_cores += core.Count();
  EXPECT_THAT(in_cores, Eq(topology->online().Count()));
}

}  // namespace
}  // namespace ktstr
