// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/futex_fan_out/futex_fan_out.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "ktstr/core/exchange/rounds.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// A messenger wakes all of its receivers by one futex(2) call, over and over,
// without waiting for them. On few CPUs it outruns them: what they miss is
// counted, and a round that meets nobody asleep wakes nobody.
class FutexFanOut final : public Stressor {
 public:
  struct Params {
    uint32_t fan_out = 4;
    uint64_t spin_iters = 1024;
  };
  explicit FutexFanOut(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return params_.fan_out + 1; }
  absl::string_view Role(uint32_t position) const override {
    return position == 0 ? "messenger" : "receiver";
  }

  absl::Status Prepare(Preparation& preparation) override {
    return rounds_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    if (worker.position() == 0) {
      Announce(worker);
    } else {
      Receive(worker);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return rounds_.Verify(group, /*sleeps_per_pass=*/0);
  }

 private:
  void Announce(Worker& worker) {
    uint64_t round = 0;
    while (worker.NextIteration() || rounds_.AnyoneWaits(worker)) {
      worker.Compute(params_.spin_iters);
      rounds_.Announce(worker, ++round);
    }
  }

  void Receive(Worker& worker) {
    uint64_t seen = 0;
    while (worker.NextIteration()) {
      seen = rounds_.SkipMissed(worker, seen);
      const absl::optional<uint64_t> next = rounds_.AwaitNext(worker, seen);
      if (!next) break;
      seen = *next;
    }
    rounds_.Leave(worker, seen);
  }

  const Params params_;
  Rounds rounds_;
};

constexpr FieldDef kFields[] = {
    Field<&FutexFanOut::Params::fan_out>(
        "fan_out", "receivers that a messenger wakes", 1, 4096),
    Field<&FutexFanOut::Params::spin_iters>(
        "spin_iters", "rounds of spinning before each wake-up", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
};

}  // namespace

constinit const StressorDef kFutexFanOut = DefineStressor<FutexFanOut>({
    .name = "futex_fan_out",
    .summary = "messengers that wake many receivers by one futex call",
    .kernel_path = "futex_wake of many waiters: wake_up_q, try_to_wake_up",
    .needs = "",
    .proof = "receivers saw the wake-ups that the kernel sent, and slept "
             "before them; rounds that they missed are counted",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
