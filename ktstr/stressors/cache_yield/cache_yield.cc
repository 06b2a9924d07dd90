// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cache_yield/cache_yield.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/cache_walk.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/work/cache_area.h"
#include "ktstr/core/work/yields.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Workers that fill a cache and then yield to one that fills it with its own
// memory. Alone on its CPU a worker has nobody to yield to.
class CacheYield final : public Stressor {
 public:
  struct Params {
    ByteSize size = {32 << 10};
    ByteSize stride = {64};
  };
  explicit CacheYield(const Params& params)
      : area_(params.size, params.stride) {}

  absl::Status Prepare(Preparation& preparation) override {
    KTSTR_RETURN_IF_ERROR(area_.Prepare(preparation));
    return yields_.Prepare(preparation);
  }

  absl::Status Run(Worker& worker) override {
    CacheWalk walk = area_.WalkOf(worker);
    while (worker.NextIteration()) {
      walk.Walk(CacheArea::kStepsPerPass);
      yields_.Yield(worker);
    }
    return absl::OkStatus();
  }

  // What is wrong comes before what cannot be told.
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    const absl::StatusOr<std::string> touched = area_.Verify(group);
    const absl::StatusOr<std::string> switched = yields_.Verify(group);
    if (!switched.ok() && !absl::IsUnimplemented(switched.status())) {
      return switched;
    }
    if (!touched.ok()) return touched;
    if (!switched.ok()) return switched;
    return absl::StrCat(*touched, "; ", *switched);
  }

 private:
  CacheArea area_;
  Yields yields_;
};

constexpr FieldDef kFields[] = {
    Field<&CacheYield::Params::size>("size", "memory of each worker",
                                     CacheArea::kMinBytes,
                                     CacheArea::kMaxBytes),
    Field<&CacheYield::Params::stride>(
        "stride", "bytes from one of a pass's 1024 touches to the next",
        CacheArea::kMinBytes, CacheArea::kMaxBytes),
};
constexpr Metric kMetrics[] = {Metric::kYieldTime};

}  // namespace

constinit const StressorDef kCacheYield = DefineStressor<CacheYield>({
    .name = "cache_yield",
    .summary = "workers that walk through memory, then yield",
    .kernel_path = "sched_yield(2) between tasks with a cache footprint",
    .needs = "more workers than CPUs, which is the default",
    .proof = "all of the memory is present after the passes, and yields switch "
             "to another task",
    .fields = kFields,
    .metrics = kMetrics,
    .workers_per_cpu = 2,
});

}  // namespace ktstr
