// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/mixed/mixed.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/work/yields.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that compute, then offer their CPU to others: the tick preempts them
// and they yield. Alone on its CPU a worker has nobody to yield to.
class Mixed final : public Stressor {
 public:
  struct Params {
    uint64_t spin_iters = 1024;
  };
  explicit Mixed(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    return yields_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    while (worker.NextIteration()) {
      const int64_t begin = worker.Now();
      worker.Compute(params_.spin_iters);
      worker.Record(Metric::kIterationCost, worker.Now() - begin);
      yields_.Yield(worker);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return yields_.Verify(group);
  }

 private:
  const Params params_;
  Yields yields_;
};

constexpr FieldDef kFields[] = {
    Field<&Mixed::Params::spin_iters>(
        "spin_iters", "rounds of spinning before each yield", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kIterationCost, Metric::kYieldTime};

}  // namespace

constinit const StressorDef kMixed = DefineStressor<Mixed>({
    .name = "mixed",
    .summary = "workers that spin, then call sched_yield",
    .kernel_path = "tick preemption (task_tick_fair) and sched_yield(2)",
    .needs = "more workers than CPUs, which is the default",
    .proof = "with more workers than CPUs, yields switch to another task",
    .fields = kFields,
    .metrics = kMetrics,
    .workers_per_cpu = 2,
});

}  // namespace ktstr
