// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cache_pipe/cache_pipe.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/cache_walk.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/exchange/pipe_pairs.h"
#include "ktstr/core/exchange/turns.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// As pipe_io, but each partner walks memory of its own before it wakes the
// other: where a wakee runs decides whether it finds its cache warm. Means
// little if `size` is above what a core's caches hold.
class CachePipe final : public Stressor {
 public:
  struct Params {
    ByteSize size = {32 << 10};
    uint64_t burst_iters = 1024;
  };
  explicit CachePipe(const Params& params) : params_(params) {}

  uint32_t GroupSize() const override { return 2; }
  absl::string_view Role(uint32_t) const override { return "peer"; }

  absl::Status Prepare(Preparation& preparation) override {
    return pairs_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    const auto bytes = static_cast<size_t>(params_.size.bytes);
    KTSTR_ASSIGN_OR_RETURN(const Mapping memory, Mapping::CreateShared(bytes));
    CacheWalk walk({static_cast<uint8_t*>(memory.data()), bytes},
                   CacheWalk::kLineBytes);
    for (uint64_t turn = worker.position(); worker.NextIteration(); turn += 2) {
      if (!pairs_.Await(worker, turn)) break;
      if (!Walk(worker, walk)) break;
      if (!pairs_.Pass(worker, turn)) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return VerifyTurns(group);
  }

 private:
  // Between two looks at stop.
  static constexpr uint64_t kStepsPerLook = 1024;

  // Goes on where the turn before stopped. Returns false on stop.
  bool Walk(Worker& worker, CacheWalk& walk) const {
    for (uint64_t left = params_.burst_iters; left != 0;) {
      const uint64_t steps = std::min(left, kStepsPerLook);
      walk.Walk(steps);
      left -= steps;
      if (worker.Stopping()) return false;
    }
    return true;
  }

  const Params params_;
  PipePairs pairs_;
};

constexpr FieldDef kFields[] = {
    Field<&CachePipe::Params::size>("size", "memory that each worker walks", 64,
                                    int64_t{1} << 30),
    Field<&CachePipe::Params::burst_iters>(
        "burst_iters", "cache lines that it changes before each write", 0,
        1 << 24),
};
constexpr Metric kMetrics[] = {
    Metric::kWakeLatencyLocal,
    Metric::kWakeLatencyRemote,
    Metric::kBlockedTime,
};

}  // namespace

constinit const StressorDef kCachePipe = DefineStressor<CachePipe>({
    .name = "cache_pipe",
    .summary = "pairs that walk their caches and wake through pipes",
    .kernel_path = "try_to_wake_up with WF_SYNC: wake_affine, "
                   "select_idle_sibling, cache-hot wakees",
    .needs = "",
    .proof = "partners take turns, with about one context switch for each",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
