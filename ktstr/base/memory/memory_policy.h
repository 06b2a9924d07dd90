// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// From which nodes a thread gets its memory: set_mempolicy(2) through libnuma's
// wrappers, and policies as text.
#ifndef KTSTR_BASE_MEMORY_MEMORY_POLICY_H_
#define KTSTR_BASE_MEMORY_MEMORY_POLICY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/cpu_set.h"

namespace ktstr {

// The kernel writes nodes as it does CPUs.
using NodeSet = CpuSet;

// The numbers are the kernel's (MPOL_...).
enum class MemoryMode {
  kDefault = 0,
  kPreferred = 1,
  kBind = 2,
  kInterleave = 3,
  kLocal = 4,
  kPreferredMany = 5,       // Linux 5.15.
  kWeightedInterleave = 6,  // Linux 6.9; weights in /sys/kernel/mm/mempolicy.
};

// A policy; see mempolicy of numa(7). A value.
struct MemoryPolicy {
  // Reads
  //   default | local
  //   preferred:NODE[+FLAG]
  //   MODE:NODES[+FLAG]...
  // where MODE is bind, preferred_many, interleave or weighted_interleave
  // (weighted for short), NODES is a list as of CPUs ("0-1,4"), in which commas
  // stay commas, and FLAG, each once at most, is
  //   static      the numbers mean these nodes also if the cpuset changes
  //   relative    the numbers count within what the cpuset allows; not with
  //               static
  //   balancing   NUMA balancing may move pages between NODES; bind (Linux
  //               5.12) and preferred_many (6.10) only
  // as in bind:0-1+static+balancing. kInvalidArgument or kOutOfRange with one
  // line that says what was given, what it takes and the nearest name.
  static absl::StatusOr<MemoryPolicy> Parse(absl::string_view text);

  // What Parse() reads; flags in the order above.
  std::string ToText() const;

  friend bool operator==(const MemoryPolicy&, const MemoryPolicy&) = default;

  MemoryMode mode = MemoryMode::kDefault;
  NodeSet nodes;  // Empty with default and local only.
  bool is_static = false;
  bool is_relative = false;
  bool is_balancing = false;
};

// Gives the calling thread `policy` for pages that it touches from now on;
// children inherit it. The kernel silently leaves out nodes of a partly
// possible set, unless static or relative: read back what was applied. EINVAL
// says which nodes do not exist, have no memory or are not in the cpuset's
// mems, or from which version on the kernel has the mode. kUnimplemented
// without CONFIG_NUMA.
absl::Status SetMemoryPolicy(const MemoryPolicy& policy);

// That of the calling thread.
absl::StatusOr<MemoryPolicy> GetMemoryPolicy();

// What nodes there are for memory policies.
struct MemoryNodes {
  NodeSet with_memory;  // Empty if sysfs does not say.
  NodeSet allowed;      // By the cpuset of the calling thread.
};

// `sys` is the root of sysfs.
absl::StatusOr<MemoryNodes> GetMemoryNodes(const std::string& sys = "/sys");

// The Status for `error` of set_mempolicy(2) with `policy`.
absl::Status MemoryPolicyRefusal(int error, const MemoryPolicy& policy,
                                 const MemoryNodes& nodes);

}  // namespace ktstr

#endif  // KTSTR_BASE_MEMORY_MEMORY_POLICY_H_
