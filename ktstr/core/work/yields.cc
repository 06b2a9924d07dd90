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

// With a yielding companion on its CPU nearly every yield of a worker switches.
// Without, or without the call, one in a thousand does, which the tick took, or
// one in fifty on the slowest machines: never so many in a row.
constexpr uint64_t kRow = 8;
// After so many it need not look so often.
constexpr uint64_t kEnoughRows = 20;
// To say that no worker had company, one must have looked so often that all
// have met meanwhile.
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
  const uint64_t in_row = Get(mine.in_row);
  const bool look = Increment(mine.yields) % kYieldsPerLook == 0 || in_row != 0;
  const int64_t switches = look ? ReadOwnUsage().Switches() : 0;
  const int64_t begin = worker.Now();
  if (yield_() != 0) worker.CountFailure("sched_yield", errno);
  worker.Record(Metric::kYieldTime, worker.Now() - begin);
  if (!look) return;
  Increment(mine.looks);
  if (ReadOwnUsage().Switches() == switches) {
    mine.in_row.store(0, std::memory_order_relaxed);
    return;
  }
  Increment(mine.switched);
  if (Get(mine.rows) == kEnoughRows) return;
  if (in_row + 1 == kRow) Increment(mine.rows);
  mine.in_row.store((in_row + 1) % kRow, std::memory_order_relaxed);
}

absl::StatusOr<std::string> Yields::Verify(const GroupResult& group,
                                           Company company) const {
  if (group.all_workers.size() <= group.cpus) {
    return absl::UnimplementedError(absl::StrFormat(
        "%d workers on %d CPUs: nobody to yield to, use --workers=%d or more",
        group.all_workers.size(), group.cpus, group.cpus + 1));
  }
  uint64_t yields = 0, looks = 0, switched = 0, rows = 0, most_looks = 0;
  for (const Count& count : counts_) {
    yields += Get(count.yields);
    looks += Get(count.looks);
    switched += Get(count.switched);
    rows += Get(count.rows);
    most_looks = std::max(most_looks, Get(count.looks));
  }
  if (yields == 0) return absl::FailedPreconditionError("no worker yielded");
  const std::string numbers = absl::StrFormat(
      "%d of %d yields looked at switched to another task", switched, looks);
  if (rows > 0) return numbers;
  if (most_looks < kManyLooks) {
    return absl::UnimplementedError(numbers + ": too few to tell");
  }
  if (company == Company::kByChance) {
    return absl::UnimplementedError(numbers + ": workers hardly ever met");
  }
  return absl::FailedPreconditionError(
      absl::StrFormat("only %s, and never %d in a row", numbers, kRow));
}

}  // namespace ktstr
