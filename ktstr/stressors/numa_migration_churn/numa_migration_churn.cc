// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/numa_migration_churn/numa_migration_churn.h"

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/churn/node_hops.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

// Workers that go from node to node with all of a node's CPUs to choose from,
// while their memory stays where it is: the stopper thread migrates them, and
// the balancer has each node's load come and go. Each keeps to the CPUs that it
// was given; within one node nothing ever hops.
class NumaMigrationChurn final : public Stressor {
 public:
  struct Params {
    absl::Duration period = absl::Milliseconds(100);
  };
  explicit NumaMigrationChurn(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(const Topology topology, Topology::Read());
    return hops_.Prepare(preparation, topology);
  }

  absl::Status Run(Worker& worker) override {
    return hops_.Run(worker, params_.period);
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return hops_.Verify(group);
  }

 private:
  const Params params_;
  NodeHops hops_;
};

constexpr FieldDef kFields[] = {
    Field<&NumaMigrationChurn::Params::period>("period", "sleep on each node",
                                               std::chrono::microseconds(50),
                                               std::chrono::hours(1)),
};

}  // namespace

constinit const StressorDef kNumaMigrationChurn =
    DefineStressor<NumaMigrationChurn>({
        .name = "numa_migration_churn",
        .summary = "workers that bind themselves to one node after another",
        .kernel_path = "sched_setaffinity(2): migration across nodes by the "
                       "stopper thread",
        .needs = "2 nodes with CPUs",
        .proof = "after each hop, and after the sleep that follows, the worker "
                 "is on a CPU of the node; the kernel counts a migration for "
                 "each",
        .fields = kFields,
        .own_place = true,
    });

}  // namespace ktstr
