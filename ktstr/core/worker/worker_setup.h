// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_WORKER_WORKER_SETUP_H_
#define KTSTR_CORE_WORKER_WORKER_SETUP_H_

#include <atomic>
#include <cstdint>
#include <functional>

#include "absl/types/span.h"
#include "ktstr/base/clock.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// What a Worker is made of.
struct WorkerSetup {
  uint32_t index = 0;  // In its stressor.
  uint32_t group = 0;
  uint32_t position = 0;
  uint64_t iterations = 0;  // Bound; 0 is none.
  uint64_t seed = 0;        // Of this worker.
  TickClock clock;
  const std::atomic<uint32_t>* stop = nullptr;
  void* records = nullptr;  // Base of all the stressor's records.
  RecordLayout layout;
  absl::Span<const Metric> metrics;  // kGap first; layout.metrics of them.
  // Called once, when the body learns that it is to end and still has what it
  // worked on. May allocate. Null: nothing to do.
  const std::function<void()>* at_end = nullptr;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_WORKER_SETUP_H_
