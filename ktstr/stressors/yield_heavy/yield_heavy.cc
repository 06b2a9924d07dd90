// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/yield_heavy/yield_heavy.h"

#include <errno.h>
#include <sched.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that offer their CPU to others after every work unit. Alone on its
// CPU a worker only measures the system call: there is nobody to yield to.
class YieldHeavy final : public Stressor {
 public:
  struct Params {};
  explicit YieldHeavy(const Params&) {}

  absl::Status Run(Worker& worker) override {
    while (worker.NextIteration()) {
      worker.Compute(1);
      const int64_t begin = worker.Now();
      if (sched_yield() != 0) worker.CountFailure("sched_yield", errno);
      worker.Record(Metric::kYieldTime, worker.Now() - begin);
    }
    return absl::OkStatus();
  }

  // Judges all workers together: which of them share a CPU is the scheduler's
  // choice, and one that was left alone has nobody to yield to.
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    if (group.all_workers.size() <= group.cpus) {
      return absl::UnimplementedError(absl::StrFormat(
          "%d workers on %d CPUs: nobody to yield to, use --workers=%d or more",
          group.all_workers.size(), group.cpus, group.cpus + 1));
    }
    GroupResult all = group;
    all.workers = group.all_workers;
    KTSTR_RETURN_IF_ERROR(all.RequireUsage());
    const double per_yield = static_cast<double>(all.Switches()) /
                             static_cast<double>(all.Iterations());
    // Also false for no yield at all (0 / 0).
    if (!(per_yield >= kMinSwitchesPerYield)) {
      return absl::FailedPreconditionError(
          absl::StrFormat("%d yields switched only %d times", all.Iterations(),
                          all.Switches()));
    }
    return absl::StrFormat("%.2f switches per yield of all workers", per_yield);
  }

 private:
  // The tick alone switches a spinner 1000 times a second at most, against
  // about a million passes: a tenth of this.
  static constexpr double kMinSwitchesPerYield = 0.01;
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
