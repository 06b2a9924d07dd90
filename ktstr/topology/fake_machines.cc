// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/topology/fake_machines.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/fake_sysfs.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

Topology Read(const FakeSysfs& sysfs) {
  return Topology::Read(sysfs.root()).value();
}

}  // namespace

Topology OneCpu() { return Read(FakeSysfs({.nodes = 1})); }

Topology TwoNodes() {
  return Read(FakeSysfs(
      {.nodes = 2, .llcs_per_node = 2, .cores_per_llc = 2, .smt = 2}));
}

Topology MemoryOnlyNode() {
  FakeSysfs sysfs({.cores_per_llc = 4});
  sysfs.Write("node/online", "0,4");
  sysfs.Write("node/node4/cpulist", "");
  sysfs.Write("node/node4/meminfo", "Node 4 MemTotal: 1024 kB");
  return Read(sysfs);
}

Topology OfflineCpus() {
  FakeSysfs sysfs({.cores_per_llc = 4, .smt = 2});
  for (const uint32_t cpu : {0, 3, 6, 7}) sysfs.TakeOffline(cpu);
  return Read(sysfs);
}

Topology HybridCores() {
  FakeSysfs sysfs({.llcs_per_node = 2, .cores_per_llc = 2, .smt = 2});
  for (int cpu = 4; cpu < 8; ++cpu) {
    sysfs.Write(absl::StrCat("cpu/cpu", cpu, "/topology/core_cpus_list"),
                absl::StrCat(cpu));
  }
  return Read(sysfs);
}

Topology Cpus512() {
  return Read(FakeSysfs(
      {.nodes = 4, .llcs_per_node = 4, .cores_per_llc = 16, .smt = 2}));
}

Topology SparseCpus() {
  const struct {
    const char* cpus;
    int package;
  } cores[] = {
      {"3,700", 10}, {"65,1025", 10}, {"2048-2049", 36}, {"8000-8001", 36}};
  FakeSysfs sysfs;
  sysfs.Write("cpu/possible", "3,65,700,1025,2048-2049,8000-8001");
  sysfs.Write("cpu/online", "3,65,700,1025,2048-2049,8000-8001");
  for (const auto& [cpus, package] : cores) {
    for (const uint32_t cpu : CpuSet::Parse(cpus)->cpus()) {
      const std::string folder = absl::StrCat("cpu/cpu", cpu, "/topology/");
      sysfs.Write(folder + "core_cpus_list", cpus);
      sysfs.Write(folder + "physical_package_id", absl::StrCat(package));
    }
  }
  sysfs.Write("node/online", "0,7");
  sysfs.Write("node/node0/cpulist", "3,65,700,1025");
  sysfs.Write("node/node7/cpulist", "2048-2049,8000-8001");
  return Read(sysfs);
}

Topology UnknownTopology() {
  FakeSysfs sysfs({.cores_per_llc = 4});
  sysfs.Remove("cpu/cpu2");
  return Read(sysfs);
}

}  // namespace ktstr
