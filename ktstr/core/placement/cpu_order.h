// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Orders in which one after the other CPU is put to use.
#ifndef KTSTR_CORE_PLACEMENT_CPU_ORDER_H_
#define KTSTR_CORE_PLACEMENT_CPU_ORDER_H_

#include <cstdint>
#include <vector>

#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// Both return each of `cpus` once. The topology is known and `cpus` are online
// in it (checked).

// Far apart: no CPU beside a busy sibling as long as there is a core with none;
// among cores, each next CPU is on another node, and those of a node on one LLC
// after the other. Which are a core's first CPUs is counted among `cpus`.
std::vector<uint32_t> SpreadOrder(const Topology& topology, const CpuSet& cpus);

// Close together: all of a core, then the other cores of its LLC, then the
// other LLCs of its node, then the next node; by their numbers.
std::vector<uint32_t> PackOrder(const Topology& topology, const CpuSet& cpus);

}  // namespace ktstr

#endif  // KTSTR_CORE_PLACEMENT_CPU_ORDER_H_
