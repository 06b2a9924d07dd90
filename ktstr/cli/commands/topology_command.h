// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_COMMANDS_TOPOLOGY_COMMAND_H_
#define KTSTR_CLI_COMMANDS_TOPOLOGY_COMMAND_H_

#include <string>

#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// `ktstr topology`: nodes, caches and cores as a tree, and which CPUs
// `allowed` leaves to a run.
std::string DescribeTopology(const Topology& topology, const CpuSet& allowed);

}  // namespace ktstr

#endif  // KTSTR_CLI_COMMANDS_TOPOLOGY_COMMAND_H_
