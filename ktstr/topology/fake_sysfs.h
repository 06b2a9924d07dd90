// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_TOPOLOGY_FAKE_SYSFS_H_
#define KTSTR_TOPOLOGY_FAKE_SYSFS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"

namespace ktstr {

// For tests: a folder with the files of /sys/devices/system that Topology
// reads, for a machine of any shape, removed when this goes. What no shape can
// express is written over it.
class FakeSysfs final {
 public:
  // CPUs are numbered as the loops nest: SMT siblings are neighbours.
  struct Shape {
    int nodes = 1;  // One package each.
    int llcs_per_node = 1;
    int cores_per_llc = 1;
    int smt = 1;
    int64_t node_memory_kib = int64_t{1024} * 1024;

    int cpus() const { return nodes * llcs_per_node * cores_per_llc * smt; }
  };

  FakeSysfs();  // An empty folder: no /sys at all.
  explicit FakeSysfs(const Shape& shape);
  ~FakeSysfs();
  FakeSysfs(const FakeSysfs&) = delete;
  FakeSysfs& operator=(const FakeSysfs&) = delete;

  const std::string& root() const { return root_; }

  // Makes or replaces a file, for example "cpu/cpu3/topology/core_cpus_list",
  // by its path below /sys/devices/system. A newline is added.
  void Write(const std::string& path, absl::string_view contents);
  // Removes a file or a whole folder by its path below /sys/devices/system.
  void Remove(const std::string& path);
  // Takes a CPU of the shape offline as Linux does: it leaves the lists of
  // CPUs, caches and nodes, and its folder loses topology and cache.
  void TakeOffline(uint32_t cpu);

 private:
  void WriteShape();
  void WriteCpu(uint32_t cpu);
  // The online ones among the `count` CPUs around `cpu`, in list format.
  std::string OnlineAround(uint32_t cpu, int count) const;

  std::string root_;
  Shape shape_;
  CpuSet offline_;
};

}  // namespace ktstr

#endif  // KTSTR_TOPOLOGY_FAKE_SYSFS_H_
