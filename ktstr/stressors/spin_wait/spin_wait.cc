// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/spin_wait/spin_wait.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that never give up their CPU: the tick preempts them, and the load
// balancer moves them. With fewer workers than CPUs it exercises neither and
// only measures what disturbs a busy CPU.
class SpinWait final : public Stressor {
 public:
  struct Params {
    uint64_t spin_iters = 1024;
  };
  explicit SpinWait(const Params& params) : params_(params) {}

  absl::Status Run(Worker& worker) override {
    while (worker.NextIteration()) {
      const int64_t begin = worker.Now();
      worker.Compute(params_.spin_iters);
      worker.Record(Metric::kIterationCost, worker.Now() - begin);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    KTSTR_RETURN_IF_ERROR(group.RequireUsage());
    const WorkerResult& worker = group.workers[0];
    const int64_t cpu_ns = worker.counters.user_ns + worker.counters.system_ns;
    if (cpu_ns <= 0) {
      return absl::FailedPreconditionError("it used no CPU time");
    }
    if (worker.counters.voluntary_switches > kMaxVoluntary) {
      return absl::FailedPreconditionError(
          absl::StrFormat("it gave up the CPU %d times, a spinner never does",
                          worker.counters.voluntary_switches));
    }
    return absl::StrFormat(
        "used %.0f%% of a CPU, %d voluntary and %d involuntary switches",
        100.0 * static_cast<double>(cpu_ns) /
            static_cast<double>(worker.run_ns),
        worker.counters.voluntary_switches,
        worker.counters.involuntary_switches);
  }

 private:
  // A page of the program that must be read first, a lock of the address
  // space that other threads hold: blocks that are not the body's.
  static constexpr int64_t kMaxVoluntary = 8;

  const Params params_;
};

constexpr FieldDef kFields[] = {
    Field<&SpinWait::Params::spin_iters>(
        "spin_iters", "rounds of one work unit and one pause hint", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {Metric::kIterationCost};

}  // namespace

constinit const StressorDef kSpinWait = DefineStressor<SpinWait>({
    .name = "spin_wait",
    .summary = "workers that spin and never give up their CPU",
    .kernel_path = "tick preemption (task_tick_fair, resched), load balancing",
    .needs = "",
    .proof = "CPU time was used, and no worker switched of its own will",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
