// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/run_result.h"

#include <cstdint>

namespace ktstr {

const HistogramSnapshot* WorkerResult::Find(Metric metric) const {
  for (const MetricResult& result : metrics) {
    if (result.metric == metric) return &result.histogram;
  }
  return nullptr;
}

uint64_t GroupResult::Iterations() const {
  uint64_t sum = 0;
  for (const WorkerResult& worker : workers) sum += worker.iterations;
  return sum;
}

int64_t GroupResult::Switches() const {
  int64_t sum = 0;
  for (const WorkerResult& worker : workers) {
    sum += worker.counters.voluntary_switches +
           worker.counters.involuntary_switches;
  }
  return sum;
}

}  // namespace ktstr
