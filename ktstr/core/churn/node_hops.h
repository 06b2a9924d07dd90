// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_CHURN_NODE_HOPS_H_
#define KTSTR_CORE_CHURN_NODE_HOPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// Workers that bind themselves to the CPUs of one memory node after another, as
// far as each was given them, with the proof. A member of the stressor, whose
// groups are of one worker.
class NodeHops final {
 public:
  // Unimplemented if the CPUs that workers may run on are not of two nodes.
  absl::Status Prepare(Preparation& preparation, const Topology& topology);

  // The body: a sleep of `period` and a short spin on a node, but not in the
  // first pass, then a hop to the next one. Leaves the thread its CPUs.
  absl::Status Run(Worker& worker, absl::Duration period);

  // After each hop and after each sleep the worker was on a CPU of the node,
  // the mask was the one asked for, and the kernel counts a migration for each
  // hop.
  absl::StatusOr<std::string> Verify(const GroupResult& group) const;

 private:
  // Of a worker, read after it ended.
  struct Books {
    uint64_t nodes;   // That it may choose from.
    uint64_t hops;    // Calls that succeeded; each names another node,
    uint64_t masks;   // those after which the kernel had another mask,
    uint64_t strays;  // those that left the worker on a CPU of another node.
    uint64_t drifts;  // Sleeps after which it ran elsewhere.
  };

  std::vector<CpuSet> TargetsIn(const CpuSet& cpus) const;
  static bool Stay(Worker& worker, absl::Duration period, const CpuSet& target,
                   Books& books);
  static void Hop(Worker& worker, const CpuSet& target, CpuSet& mask,
                  Books& books);

  std::vector<CpuSet> nodes_;  // Online CPUs of each node that has any.
  absl::Span<Books> books_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_CHURN_NODE_HOPS_H_
