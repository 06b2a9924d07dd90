// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/idle_churn/idle_churn.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/thread_settings.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/work/bursts.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that compute a little and sleep a little, so that their CPUs enter
// and leave idle all the time. With more workers than idle CPUs, or load beside
// them, CPUs stay busy and it exercises timed wake-ups only.
class IdleChurn final : public Stressor {
 public:
  struct Params {
    absl::Duration burst = absl::Milliseconds(1);
    absl::Duration sleep = absl::Milliseconds(5);
    bool precise_timing = true;
  };
  // Of a worker.
  struct Shared {
    alignas(64) std::atomic<int64_t> slack_ns;  // Read back while it runs,
    std::atomic<bool> slack_known;              // if this is true.
  };
  explicit IdleChurn(const Params& params) : params_(params) {}

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(shared_,
                           preparation.Share<Shared>(preparation.workers()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    KTSTR_ASSIGN_OR_RETURN(const int64_t before, GetTimerSlack());
    if (!params_.precise_timing) {
      KTSTR_RETURN_IF_ERROR(SetTimerSlack(kDefaultSlackNs));
    }
    // Only a real-time worker has none (0), and could not lose it either.
    const absl::Cleanup restore = [before] {
      if (before > 0) SetTimerSlack(before).IgnoreError();
    };
    KTSTR_ASSIGN_OR_RETURN(const int64_t slack, GetTimerSlack());
    // Relaxed: read after the worker's end.
    Shared& mine = shared_[worker.index()];
    mine.slack_ns.store(slack, std::memory_order_relaxed);
    mine.slack_known.store(true, std::memory_order_relaxed);
    while (worker.NextIteration()) {
      if (!SpinFor(worker, params_.burst)) break;
      if (!worker.SleepFor(params_.sleep)) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    KTSTR_ASSIGN_OR_RETURN(const std::string bursts,
                           VerifyBursts(group, params_.burst));
    const Shared& mine = shared_[group.group];
    const int64_t slack_ns = mine.slack_ns.load(std::memory_order_relaxed);
    if (!mine.slack_known.load(std::memory_order_relaxed)) {
      return absl::FailedPreconditionError("the timer slack was not read back");
    }
    if (!params_.precise_timing && slack_ns == 0) {
      return absl::UnimplementedError(
          "precise_timing=false: real-time and deadline workers have no timer "
          "slack");
    }
    const std::string slack = absl::StrCat(
        "timer slack ", absl::FormatDuration(absl::Nanoseconds(slack_ns)));
    if (!params_.precise_timing && slack_ns != kDefaultSlackNs) {
      return absl::FailedPreconditionError(
          absl::StrCat(slack, " instead of ", kDefaultSlackNs, "ns"));
    }
    return absl::StrCat(bursts, ", ", slack);
  }

 private:
  // Of the kernel, for tasks that nobody gave another (init/init_task.c).
  static constexpr int64_t kDefaultSlackNs = 50'000;

  const Params params_;
  absl::Span<Shared> shared_;
};

constexpr FieldDef kFields[] = {
    Field<&IdleChurn::Params::burst>("burst", "wall time of each burst",
                                     std::chrono::microseconds(1),
                                     std::chrono::hours(1)),
    // Shorter ones are over before the worker has left its CPU.
    Field<&IdleChurn::Params::sleep>("sleep", "sleep after each burst",
                                     std::chrono::microseconds(50),
                                     std::chrono::hours(1)),
    TextField<&IdleChurn::Params::precise_timing>(
        "precise_timing",
        "the run's timer slack; false: the kernel's default of 50us",
        "true, false"),
};
constexpr Metric kMetrics[] = {Metric::kSleepOvershoot};

}  // namespace

constinit const StressorDef kIdleChurn = DefineStressor<IdleChurn>({
    .name = "idle_churn",
    .summary = "workers that wake, compute a little and sleep again",
    .kernel_path = "hrtimer wake-up, idle entry and exit, tick stop and start",
    .needs = "",
    .proof = "a voluntary switch for each sleep, and in the bursts the worker "
             "had a CPU or waited for one; the timer slack is read back",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
