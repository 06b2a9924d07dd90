// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cache_pressure/cache_pressure.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/work/cache_walk.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/work/cache_area.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers whose memory fills a cache: what a preemption by another one or a
// migration costs is seen in the passes after it. With an area that is small
// against the first level, or larger than the last, it costs nothing.
class CachePressure final : public Stressor {
 public:
  struct Params {
    ByteSize size = {32 << 10};
    ByteSize stride = {64};
  };
  explicit CachePressure(const Params& params)
      : area_(params.size, params.stride) {}

  absl::Status Prepare(Preparation& preparation) override {
    return area_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    CacheWalk walk = area_.WalkOf(worker);
    while (worker.NextIteration()) {
      const int64_t begin = worker.Now();
      walk.Walk(CacheArea::kStepsPerPass);
      worker.Record(Metric::kIterationCost, worker.Now() - begin);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return area_.Verify(group);
  }

 private:
  CacheArea area_;
};

constexpr FieldDef kFields[] = {
    Field<&CachePressure::Params::size>("size", "memory of each worker",
                                        CacheArea::kMinBytes,
                                        CacheArea::kMaxBytes),
    Field<&CachePressure::Params::stride>(
        "stride", "bytes from one of a pass's 1024 touches to the next",
        CacheArea::kMinBytes, CacheArea::kMaxBytes),
};
constexpr Metric kMetrics[] = {Metric::kIterationCost};

}  // namespace

constinit const StressorDef kCachePressure = DefineStressor<CachePressure>({
    .name = "cache_pressure",
    .summary = "workers that walk through memory with large strides",
    .kernel_path = "tick preemption and load balancing of tasks with a cache "
                   "footprint",
    .needs = "",
    .proof = "the passes led through all of the memory, and the kernel has "
             "all of its pages present",
    .fields = kFields,
    .metrics = kMetrics,
});

}  // namespace ktstr
