// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The quantities that stressors measure, each a histogram in nanoseconds.
#ifndef KTSTR_CORE_METRIC_H_
#define KTSTR_CORE_METRIC_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace ktstr {

enum class Metric : uint8_t {
  kGap,                // Between two bookkeeping points, waiting left out.
  kWakeLatencyLocal,   // Waker's stamp to wakee's first instruction, where the
  kWakeLatencyRemote,  // wakee runs on the waker's CPU, and elsewhere.
  kBlockedTime,        // From before a blocking call to after it.
  kRoundTrip,          // A token's way through all workers of a group.
  kSleepOvershoot,     // Actual minus requested, of a timed sleep.
  kAcquireTime,        // From the first attempt at a lock to holding it.
  kYieldTime,          // One sched_yield(2).
  kIterationCost,      // One pass of computing, preemption included,
  kHotCost,            // its part in caches, and
  kColdCost,           // that out of them;
  kSoloCost,           // and a pass while a sibling is idle, to compare with.
  kForkTime,           // From a fork to the child reaped.
  kReadTime,           // One read(2), write(2) or fdatasync(2) of a file.
  kWriteTime,
  kFlushTime,
  kMoveTime,   // One move of a task to a cgroup, or of memory to a node.
  kQueueTime,  // From an item's entry into a queue to its exit.
};

inline constexpr size_t kMetricCount = 18;

// The most histograms that one worker has, kGap included: what 64 KiB of
// shared memory hold.
inline constexpr size_t kMaxMetricsPerWorker = 6;

// The name in reports and checks: "wake_latency.local", "gap".
absl::string_view MetricName(Metric metric);

}  // namespace ktstr

#endif  // KTSTR_CORE_METRIC_H_
