// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/pipe_io/pipe_io.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/core/exchange/pipe_pairs.h"
#include "ktstr/core/exchange/turns.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Two workers hand one byte back and forth through pipes. A writer that wakes a
// reader tells the scheduler that it is about to sleep (WF_SYNC), and here it
// does. With an idle CPU for each of them it measures whether the scheduler
// believes that: if it keeps both on one CPU, latency is local.
class PipeIo final : public Stressor {
 public:
  struct Params {
    uint64_t burst_iters = 1024;
  };
  explicit PipeIo(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return 2; }
  absl::string_view Role(uint32_t) const override { return "peer"; }

  absl::Status Prepare(Preparation& preparation) override {
    return pairs_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    for (uint64_t turn = worker.position(); worker.NextIteration(); turn += 2) {
      if (!pairs_.Await(worker, turn)) break;
      worker.Compute(params_.burst_iters);
      if (!pairs_.Pass(worker, turn)) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return VerifyTurns(group);
  }

 private:
  const Params params_;
  PipePairs pairs_;
};

constexpr FieldDef kFields[] = {
    Field<&PipeIo::Params::burst_iters>(
        "burst_iters", "rounds of spinning before each write", 0, 1 << 24),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
    Metric::kBlockedTime,
};

}  // namespace

constinit const StressorDef kPipeIo = DefineStressor<PipeIo>({
    .name = "pipe_io",
    .summary = "pairs of workers that wake each other through pipes",
    .kernel_path = "pipe_write, pipe_read, try_to_wake_up with WF_SYNC",
    .needs = "",
    .proof = "partners take turns, with about one context switch for each",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
