// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_MACHINE_SPEC_NODE_DISTANCES_H_
#define KTSTR_VM_MACHINE_SPEC_NODE_DISTANCES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// Relative costs of memory as ACPI's SLIT gives them: row = node of the CPU,
// column = node of the memory. 10 is a node's own, 11 to 254 another one's.
using NodeDistances = std::vector<std::vector<uint32_t>>;

// Reads one distance for all pairs of different nodes, "20", or a whole matrix
// by rows, "10,20;20,10". `nodes` is at least 1. kInvalidArgument for what is
// neither, for the wrong number of rows or columns, a diagonal that is not 10
// or a matrix that differs from its mirror image (Linux builds scheduling
// domains from it and takes symmetry for granted); kOutOfRange for a distance
// outside 11 .. 254.
absl::StatusOr<NodeDistances> ParseDistances(absl::string_view text,
                                             uint32_t nodes);

// 20 between all pairs: what Linux assumes where the firmware says nothing.
NodeDistances DefaultDistances(uint32_t nodes);

}  // namespace ktstr

#endif  // KTSTR_VM_MACHINE_SPEC_NODE_DISTANCES_H_
