// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_TOPOLOGY_TOPOLOGY_H_
#define KTSTR_TOPOLOGY_TOPOLOGY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/base/cpu_set.h"

namespace ktstr {

// The machine's CPUs and how they belong together: SMT siblings in cores, cores
// around a last-level cache (LLC), LLCs in packages and memory nodes. A value,
// read once from /sys/devices/system; hotplug afterwards is not seen.
//
// Where the kernel does not say (no /sys, or one without topology), it holds
// only which CPUs there are: known() is false and every number unknown, instead
// of a guess.
class Topology final {
 public:
  static constexpr int kUnknown = -1;

  struct Cpu {
    uint32_t id = 0;
    bool online = false;
    // kUnknown for all of these if offline, or if the topology is unknown.
    int package = kUnknown;     // The kernel's number; it may not have one.
    int core = kUnknown;        // Index into cores().
    int llc = kUnknown;         // Index into llcs().
    int node = kUnknown;        // The kernel's number: Node::id.
    int smt_index = kUnknown;   // Place among the core's CPUs, from 0.
    std::string governor = {};  // Of cpufreq; "" without one.
  };
  struct Node {
    int id = 0;
    CpuSet cpus = {};  // Online ones; empty for a node of memory only.
    // Absent if the kernel does not say.
    std::optional<int64_t> memory_bytes = std::nullopt;
  };

  // Reads `root`/sys/devices/system/cpu and node (tests fake a root). Without
  // them it is the CPUs of sched_getaffinity(2), and not known(). Fails when
  // files are there but cannot be read or make no sense; the message names the
  // file.
  static absl::StatusOr<Topology> Read(const std::string& root = "");

  // A machine of so many nodes, LLCs of a node, cores of an LLC and CPUs of a
  // core (each 1 or more, checked), with CPUs numbered in that order, a package
  // a node, all online, as QEMU makes it.
  struct Shape {
    uint32_t nodes = 1;
    uint32_t llcs = 1;
    uint32_t cores = 1;
    uint32_t threads = 1;
  };
  static Topology Regular(const Shape& shape);

  // The CPUs of sched_getaffinity(2), of which nothing else is known for
  // `reason`. Fails if that call does.
  static absl::StatusOr<Topology> Unknown(std::string reason);

  // Whether the numbers in cpus() are known, and if not, why: "no /sys/…".
  bool known() const { return unknown_reason_.empty(); }
  const std::string& unknown_reason() const { return unknown_reason_; }
  // Whether caches were described. If not, each package counts as one LLC.
  bool llc_known() const { return llc_known_; }

  // All possible CPUs, ascending by id; online ones have their place.
  const std::vector<Cpu>& cpus() const { return cpus_; }
  // nullptr if there can be no such CPU.
  const Cpu* Find(uint32_t id) const;

  const CpuSet& possible() const { return possible_; }
  const CpuSet& online() const { return online_; }

  // Online CPUs of each core, and of each LLC, in the order of their first CPU.
  // Empty when unknown.
  const std::vector<CpuSet>& cores() const { return cores_; }
  const std::vector<CpuSet>& llcs() const { return llcs_; }
  // Ascending by id, which may have gaps, with memory-only nodes. One node with
  // all CPUs where the kernel is built without NUMA. Empty when unknown.
  const std::vector<Node>& nodes() const { return nodes_; }
  // Packages with online CPUs; 0 when the kernel does not number them.
  int package_count() const;

  // For people: "2 nodes, 2 LLCs, 8 cores, 16 CPUs (SMT 2)".
  std::string Summary() const;

 private:
  class Reader;

  Topology() = default;

  CpuSet possible_;
  CpuSet online_;
  std::vector<Cpu> cpus_;
  std::vector<CpuSet> cores_;
  std::vector<CpuSet> llcs_;
  std::vector<Node> nodes_;
  bool llc_known_ = false;
  std::string unknown_reason_;
};

}  // namespace ktstr

#endif  // KTSTR_TOPOLOGY_TOPOLOGY_H_
