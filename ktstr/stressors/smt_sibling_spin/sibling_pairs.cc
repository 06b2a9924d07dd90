// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/smt_sibling_spin/sibling_pairs.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

absl::StatusOr<std::vector<SiblingPair>> FindSiblingPairs(
    const Topology& topology, const CpuSet& allowed) {
  if (!topology.known()) {
    return absl::UnimplementedError(
        absl::StrCat("needs SMT, but which CPUs are siblings is not known: ",
                     topology.unknown_reason()));
  }
  std::vector<SiblingPair> pairs;
  for (const CpuSet& core : topology.cores()) {
    const std::vector<uint32_t> cpus = core.Intersect(allowed).cpus();
    for (size_t i = 1; i < cpus.size(); i += 2) {
      pairs.push_back({cpus[i - 1], cpus[i]});
    }
  }
  if (pairs.empty()) {
    return absl::UnimplementedError(absl::StrCat(
        "needs SMT: no two of CPUs ", allowed.ToString(), " share a core"));
  }
  return pairs;
}

}  // namespace ktstr
