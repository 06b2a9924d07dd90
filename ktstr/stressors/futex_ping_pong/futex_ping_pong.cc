// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/futex_ping_pong/futex_ping_pong.h"

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/exchange/turns.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Two workers hand one word back and forth; each turn is one futex(2) wake-up
// without the sync hint. With an idle CPU for each of them it measures the
// exit from idle, not competition for a CPU.
class FutexPingPong final : public Stressor {
 public:
  struct Params {
    uint64_t spin_iters = 1024;
  };
  // Of a pair.
  struct Shared {
    alignas(64) std::atomic<uint32_t> turns;  // Handed over so far.
    WakeStamp stamps[2];                      // By the position that is woken.
  };
  explicit FutexPingPong(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return 2; }
  absl::string_view Role(uint32_t) const override { return "peer"; }

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_ASSIGN_OR_RETURN(pairs_,
                           preparation.Share<Shared>(preparation.groups()));
    return absl::OkStatus();
  }

  absl::Status Run(Worker& worker) override {
    Shared& pair = pairs_[worker.group()];
    const uint32_t me = worker.position();
    // Turn t belongs to position t % 2; position 0 begins and is not woken.
    for (uint64_t turn = me; worker.NextIteration(); turn += 2) {
      const auto mine = [turn](uint32_t turns) {
        return turns == static_cast<uint32_t>(turn);
      };
      if (!worker.AwaitWord(pair.turns, mine)) break;
      if (turn != 0) worker.MatchWake(pair.stamps[me], turn);
      worker.Compute(params_.spin_iters);
      worker.StampWake(pair.stamps[1 - me], turn + 1);
      // Release: the stamp comes before the turn that it belongs to.
      pair.turns.store(static_cast<uint32_t>(turn + 1),
                       std::memory_order_release);
      worker.WakeWord(pair.turns, 1);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return VerifyTurns(group);
  }

 private:
  const Params params_;
  absl::Span<Shared> pairs_;
};

constexpr FieldDef kFields[] = {
    Field<&FutexPingPong::Params::spin_iters>(
        "spin_iters", "rounds of spinning before each wake-up", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
    Metric::kBlockedTime,
};

}  // namespace

constinit const StressorDef kFutexPingPong = DefineStressor<FutexPingPong>({
    .name = "futex_ping_pong",
    .summary = "pairs of workers that wake each other with a futex",
    .kernel_path = "futex_wake, try_to_wake_up without WF_SYNC, idle exit",
    .needs = "",
    .proof = "partners take turns, with about one context switch for each",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
