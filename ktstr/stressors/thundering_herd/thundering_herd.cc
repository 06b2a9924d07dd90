// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/thundering_herd/thundering_herd.h"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/core/exchange/rounds.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// A whole herd of waiters is woken at once, after a pause in which they all
// went to sleep: they compete for the CPUs, and the last one's latency is the
// sum of what the others took. With a CPU for each of them nobody competes.
class ThunderingHerd final : public Stressor {
 public:
  struct Params {
    uint32_t waiters = 7;
    uint64_t batches = 0;
    absl::Duration inter_batch = absl::Milliseconds(5);
  };
  explicit ThunderingHerd(const Params& params)
      : params_(params),
        batches_(params.batches != 0 ? params.batches
                                     : std::numeric_limits<uint64_t>::max()) {}

  uint32_t GroupSize() const override { return params_.waiters + 1; }
  absl::string_view Role(uint32_t position) const override {
    return position == 0 ? "waker" : "waiter";
  }

  absl::Status Prepare(Preparation& preparation) override {
    return rounds_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    if (worker.position() == 0) {
      WakeAll(worker);
    } else {
      Wait(worker);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return rounds_.Verify(group, /*sleeps_per_pass=*/0);
  }

 private:
  void WakeAll(Worker& worker) {
    uint64_t batch = 0;
    while (worker.NextIteration() || rounds_.AnyoneWaits(worker)) {
      if (batch == batches_ || !worker.SleepFor(params_.inter_batch)) break;
      rounds_.Announce(worker, ++batch);
    }
  }

  void Wait(Worker& worker) {
    uint64_t seen = 0;
    while (worker.NextIteration()) {
      seen = rounds_.SkipMissed(worker, seen);
      if (seen == batches_) break;
      const absl::optional<uint64_t> next = rounds_.AwaitNext(worker, seen);
      if (!next) break;
      seen = *next;
    }
    rounds_.Leave(worker, seen);
  }

  const Params params_;
  const uint64_t batches_;  // Never reached if there is no limit.
  Rounds rounds_;
};

constexpr FieldDef kFields[] = {
    Field<&ThunderingHerd::Params::waiters>(
        "waiters", "workers that are woken at once", 1, 4096),
    Field<&ThunderingHerd::Params::batches>(
        "batches",
        "wake-ups after which all workers end; 0: go on until the stop", 0,
        int64_t{1} << 31),
    Field<&ThunderingHerd::Params::inter_batch>(
        "inter_batch", "sleep before each wake-up", std::chrono::seconds(0),
        std::chrono::seconds(10)),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
    Metric::kSleepOvershoot,
};

}  // namespace

constinit const StressorDef kThunderingHerd = DefineStressor<ThunderingHerd>({
    .name = "thundering_herd",
    .summary = "herds of sleeping workers that are woken all at once",
    .kernel_path = "futex_wake of all waiters, wake-up placement, run queues "
                   "that fill at once",
    .needs = "",
    .proof = "every waiter that the kernel woke saw it, and slept before",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
