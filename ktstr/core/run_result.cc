// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/run_result.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace ktstr {

const HistogramSnapshot* WorkerResult::Find(Metric metric) const {
  for (const MetricResult& result : metrics) {
    if (result.metric == metric) return &result.histogram;
  }
  return nullptr;
}

absl::Status GroupResult::RequireUsage() const {
  for (const WorkerResult& worker : workers) {
    if (worker.counters.usage_known) continue;
    return absl::UnimplementedError("getrusage(2) told nothing");
  }
  return absl::OkStatus();
}

absl::Status GroupResult::RequirePasses() const {
  for (const WorkerResult& worker : workers) {
    if (worker.iterations > 0) continue;
    return absl::UnimplementedError(absl::StrCat(
        "worker ", worker.index, " (", worker.role, ") finished no pass"));
  }
  return absl::OkStatus();
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
