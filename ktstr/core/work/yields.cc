// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/work/yields.h"

#include <errno.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "ktstr/base/proc/own_usage.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

constexpr uint64_t kYieldsPerLook = 16;

// With company on its CPU nearly every yield of a worker switches, with none
// or without the call one in a thousand, which the tick took.
constexpr double kMinSwitched = 0.1;
// So many looks of a worker can show that it had company; to say that none had,
// one must have looked so often that all have met meanwhile.
constexpr uint64_t kFewLooks = 20;
constexpr uint64_t kManyLooks = 200;

uint64_t Get(const std::atomic<uint64_t>& count) {
  // Relaxed, here and below: one writer, read after its end.
  return count.load(std::memory_order_relaxed);
}

uint64_t Increment(std::atomic<uint64_t>& count) {
  const uint64_t before = Get(count);
  count.store(before + 1, std::memory_order_relaxed);
  return before;
}

}  // namespace

absl::Status Yields::Prepare(Preparation& preparation) {
  KTSTR_ASSIGN_OR_RETURN(counts_,
                         preparation.Share<Count>(preparation.workers()));
  return absl::OkStatus();
}

void Yields::Yield(Worker& worker) {
  Count& mine = counts_[worker.index()];
  const bool look = Increment(mine.yields) % kYieldsPerLook == 0;
  const int64_t switches = look ? ReadOwnUsage().Switches() : 0;
  const int64_t begin = worker.Now();
  if (yield_() != 0) worker.CountFailure("sched_yield", errno);
  worker.Record(Metric::kYieldTime, worker.Now() - begin);
  if (!look) return;
  Increment(mine.looks);
  if (ReadOwnUsage().Switches() != switches) Increment(mine.switched);
}

absl::StatusOr<std::string> Yields::Verify(const GroupResult& group) const {
  if (group.all_workers.size() <= group.cpus) {
    return absl::UnimplementedError(absl::StrFormat(
        "%d workers on %d CPUs: nobody to yield to, use --workers=%d or more",
        group.all_workers.size(), group.cpus, group.cpus + 1));
  }
  uint64_t yields = 0, most_looks = 0;
  double best = 0;
  for (const Count& count : counts_) {
    const uint64_t looks = Get(count.looks);
    yields += Get(count.yields);
    most_looks = std::max(most_looks, looks);
    if (looks < kFewLooks) continue;
    best = std::max(best, static_cast<double>(Get(count.switched)) /
                              static_cast<double>(looks));
  }
  if (yields == 0) return absl::FailedPreconditionError("no worker yielded");
  if (best >= kMinSwitched) {
    return absl::StrFormat(
        "up to %.0f%% of a worker's yields switched to another task",
        100 * best);
  }
  if (most_looks < kManyLooks) {
    return absl::UnimplementedError(
        absl::StrFormat("%d yields are too few to tell", yields));
  }
  return absl::FailedPreconditionError(
      absl::StrFormat("of %d yields of all workers at most %.1f%% switched",
                      yields, 100 * best));
}

}  // namespace ktstr
