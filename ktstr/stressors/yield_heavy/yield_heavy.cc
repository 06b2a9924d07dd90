// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/yield_heavy/yield_heavy.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/work/yields.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that offer their CPU to others after every work unit. Alone on its
// CPU a worker only measures the system call: there is nobody to yield to.
class YieldHeavy final : public Stressor {
 public:
  struct Params {};
  explicit YieldHeavy(const Params&) {}

  absl::Status Prepare(Preparation& preparation) override {
    return yields_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    while (worker.NextIteration()) {
      worker.Compute(1);
      yields_.Yield(worker);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return yields_.Verify(group);
  }

 private:
  Yields yields_;
};

constexpr Metric kMetrics[] = {Metric::kYieldTime};

}  // namespace

constinit const StressorDef kYieldHeavy = DefineStressor<YieldHeavy>({
    .name = "yield_heavy",
    .summary = "workers that call sched_yield after every work unit",
    .kernel_path = "sched_yield(2): yield_task_fair, pick_next_task",
    .needs = "more workers than CPUs, which is the default",
    .proof = "with more workers than CPUs, yields switch to another task",
    .metrics = kMetrics,
    .workers_per_cpu = 2,
});

}  // namespace ktstr
