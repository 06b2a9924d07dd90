// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/fan_out_compute/fan_out_compute.h"

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/matrix.h"
#include "ktstr/base/work/random.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/exchange/rounds.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// A messenger wakes all receivers that wait; each of them thinks (sleeps), then
// computes in a cache footprint of its own. The messenger goes on meanwhile, so
// that a receiver is woken soon after it waits again: most rounds are missed
// by those who compute, and counted. With idle CPUs for all nobody competes.
class FanOutCompute final : public Stressor {
 public:
  struct Params {
    uint32_t fan_out = 4;
    ByteSize cache_footprint = {256 << 10};
    uint32_t operations = 5;
    absl::Duration sleep = absl::Microseconds(100);
  };
  explicit FanOutCompute(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return params_.fan_out + 1; }
  absl::string_view Role(uint32_t position) const override {
    return position == 0 ? "messenger" : "receiver";
  }

  absl::Status Prepare(Preparation& preparation) override {
    return rounds_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    if (worker.position() != 0) return Receive(worker);
    Announce(worker);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const bool sleeps = params_.sleep != absl::ZeroDuration();
    return rounds_.Verify(group, /*sleeps_per_pass=*/sleeps ? 1 : 0);
  }

 private:
  // The messenger's, between two rounds.
  static constexpr uint64_t kSpins = 1024;

  void Announce(Worker& worker) {
    uint64_t round = 0;
    while (worker.NextIteration() || rounds_.AnyoneWaits(worker)) {
      worker.Compute(kSpins);
      rounds_.Announce(worker, ++round);
    }
  }

  absl::Status Receive(Worker& worker) {
    KTSTR_ASSIGN_OR_RETURN(
        MatrixProduct product,
        MatrixProduct::Create(MatrixProduct::SideFor(
            static_cast<size_t>(params_.cache_footprint.bytes))));
    Random random(worker.seed());
    absl::Status status;
    uint64_t seen = 0;
    bool going = product.Fill(random, [&worker] { return !worker.Stopping(); });
    while (going && worker.NextIteration()) {
      seen = rounds_.SkipMissed(worker, seen);
      const absl::optional<uint64_t> next = rounds_.AwaitNext(worker, seen);
      if (!next) break;
      seen = *next;
      if (!Think(worker) || !Compute(worker, product)) break;
      if (!product.IsRight(random.Below(product.side()),
                           random.Below(product.side()))) {
        status = absl::InternalError("a matrix product is wrong");
        break;
      }
    }
    rounds_.Leave(worker, seen);
    return status;
  }

  bool Think(Worker& worker) const {
    if (params_.sleep == absl::ZeroDuration()) return true;
    return worker.SleepFor(params_.sleep);
  }

  // Returns false on stop, without a sample of what it cut short.
  bool Compute(Worker& worker, MatrixProduct& product) const {
    const int64_t begin = worker.Now();
    for (uint32_t i = 0; i < params_.operations; ++i) {
      if (!product.Multiply([&worker] { return !worker.Stopping(); })) {
        return false;
      }
    }
    worker.Record(Metric::kIterationCost, worker.Now() - begin);
    return true;
  }

  const Params params_;
  Rounds rounds_;
};

constexpr FieldDef kFields[] = {
    Field<&FanOutCompute::Params::fan_out>(
        "fan_out", "receivers that a messenger wakes", 1, 4096),
    Field<&FanOutCompute::Params::cache_footprint>(
        "cache_footprint", "memory of a receiver's three matrices", 1 << 10,
        int64_t{1} << 30),
    Field<&FanOutCompute::Params::operations>(
        "operations", "matrix products after each wake-up", 1, 1 << 20),
    Field<&FanOutCompute::Params::sleep>(
        "sleep", "sleep between a wake-up and the products",
        std::chrono::seconds(0), std::chrono::seconds(10)),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
    Metric::kSleepOvershoot,
    Metric::kIterationCost,
};

}  // namespace

constinit const StressorDef kFanOutCompute = DefineStressor<FanOutCompute>({
    .name = "fan_out_compute",
    .summary = "messengers that wake receivers, who sleep and compute",
    .kernel_path = "futex_wake of many waiters, timer wake-ups, placement of "
                   "wakees with a cache footprint",
    .needs = "",
    .proof = "receivers saw the wake-ups that the kernel sent, and slept "
             "before them; rounds that they missed are counted",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
