// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// For tests: the topologies of machines that go wrong first.
#ifndef KTSTR_TOPOLOGY_FAKE_MACHINES_H_
#define KTSTR_TOPOLOGY_FAKE_MACHINES_H_

#include "ktstr/topology/topology.h"

namespace ktstr {

// CPU 0.
Topology OneCpu();

// CPUs 0-15: 2 nodes of 2 LLCs of 2 cores of 2 siblings, which are neighbours:
// LLC 1 is 4-7, node 1 is 8-15.
Topology TwoNodes();

// CPUs 0-3, without SMT, on node 0; node 4 is of memory only.
Topology MemoryOnlyNode();

// CPUs 0-7 with 2 siblings a core; 0, 3, 6 and 7 are offline, so that cores are
// 1, 2 and 4-5.
Topology OfflineCpus();

// CPUs 0-7: two cores with SMT (0-1, 2-3) that share LLC 0, four without
// (4 to 7) that share LLC 1.
Topology HybridCores();

// CPUs 0-511: 4 nodes of 4 LLCs of 16 cores of 2 siblings.
Topology Cpus512();

// Siblings (3,700) and (65,1025) of package 10 and node 0; (2048,2049) and
// (8000,8001) of package 36 and node 7. No caches are described.
Topology SparseCpus();

// CPUs 0-3, of which nothing else is known.
Topology UnknownTopology();

}  // namespace ktstr

#endif  // KTSTR_TOPOLOGY_FAKE_MACHINES_H_
