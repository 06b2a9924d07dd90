// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What can be said of a step while it runs.
#ifndef KTSTR_CORE_LIVE_VIEW_H_
#define KTSTR_CORE_LIVE_VIEW_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ktstr/stats/snapshot.h"

namespace ktstr {

// How a step is getting on, for the live line.
struct LiveStressor {
  std::string alias;
  uint32_t workers = 0;
  uint32_t alive = 0;
  uint64_t iterations = 0;         // Of all workers since the start.
  HistogramSnapshot wake_latency;  // Local and remote together.
};

struct LiveView {
  int64_t elapsed_ns = 0;  // Since the start barrier.
  std::vector<LiveStressor> stressors;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_LIVE_VIEW_H_
