// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_PLACEMENT_PLACE_WORKERS_H_
#define KTSTR_CORE_PLACEMENT_PLACE_WORKERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/placement/affinity_spec.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// A worker to be placed. Groups count from 0 over all slots of one call;
// positions count from 0 within their group.
struct WorkerSlot {
  uint32_t group = 0;
  uint32_t position = 0;
  std::string role = {};
};

// Returns the CPUs that each worker is to have, in the order of `slots`: never
// empty, always allowed and, as far as that is known, online. Nothing is
// applied. The same arguments give the same CPUs on every host.
//
//   inherit, all  all of them; with `inherit` the caller sets no affinity
//   spread, pack  a CPU each in SpreadOrder or PackOrder; when all are taken,
//                 from the first one again
//   one           the first allowed CPU
//   llc, node     group g is within the one of number g, round and round
//   smt_pair      positions 0 and 1, 2 and 3, ... of a group have a CPU each
//                 on one core; pairs are spread over such cores and share them
//                 when there are no more. Without its partner a last position
//                 has a core's first CPU.
//   cross_llc, cross_node  position p of group g is within number g + p, round
//                 and round, so that neighbours are apart. So are the last and
//                 the first of a group, who are neighbours in a ring, except in
//                 groups of odd size over two of them.
//   random:K      K CPUs, by `seed`, group and position only: who else there is
//                 changes nothing. Workers may have CPUs in common.
//   roles         their CPU words; roles that are not named have all CPUs
//
// An LLC is what Topology says: one per package where caches are unknown. LLCs
// and nodes without allowed CPUs do not count.
//
// Errors are one line. kUnimplemented, where this machine, its allowed CPUs or
// a stressor whose groups are of one worker cannot have it, with what is
// missing; kOutOfRange for a K above the number of CPUs; kInvalidArgument for a
// role that no worker has, for CPU words as ParseCpuWords refuses them, and if
// no CPU is left.
absl::StatusOr<std::vector<CpuSet>> PlaceWorkers(
    const AffinitySpec& spec, const Topology& topology, const CpuSet& allowed,
    absl::Span<const WorkerSlot> slots, uint64_t seed);

}  // namespace ktstr

#endif  // KTSTR_CORE_PLACEMENT_PLACE_WORKERS_H_
