// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The words in shared memory by which the supervisor and the workers of a
// step agree on when to start and when to stop.
#ifndef KTSTR_CORE_WORKER_RUN_AREA_H_
#define KTSTR_CORE_WORKER_RUN_AREA_H_

#include <atomic>
#include <cstdint>

namespace ktstr {

// Values of RunArea::gate, a futex word.
enum GateState : uint32_t { kGateClosed, kGateOpen, kGateAbandoned };

// One for a step: the start barrier. Zeroed memory is a closed gate.
struct alignas(64) RunArea {
  std::atomic<uint32_t> gate;
  std::atomic<uint32_t> ready;    // Workers that wait at the gate.
  std::atomic<int64_t> start_ns;  // CLOCK_MONOTONIC; set before it opens.
};

// One for each stressor of a step. A line of its own: every pass of every
// worker reads `stop`.
struct alignas(64) StopArea {
  std::atomic<uint32_t> stop;    // 0: go on.
  std::atomic<int64_t> stop_ns;  // CLOCK_MONOTONIC; set before `stop`.
};

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_RUN_AREA_H_
