// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_SMT_SIBLING_SPIN_SIBLING_PAIRS_H_
#define KTSTR_STRESSORS_SMT_SIBLING_SPIN_SIBLING_PAIRS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// Two CPUs of one core.
using SiblingPair = std::array<uint32_t, 2>;

// The CPUs of `allowed` in pairs of SMT siblings, no CPU in two of them; a core
// with four has two pairs. At least one: Unimplemented if there is none, or if
// the machine does not say which CPUs are siblings.
absl::StatusOr<std::vector<SiblingPair>> FindSiblingPairs(
    const Topology& topology, const CpuSet& allowed);

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_SMT_SIBLING_SPIN_SIBLING_PAIRS_H_
