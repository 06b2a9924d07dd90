// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/metric.h"

#include <array>
#include <cstddef>

#include "absl/strings/string_view.h"

namespace ktstr {
namespace {

constexpr std::array<absl::string_view, kMetricCount> kNames = {
    "gap",
    "wake_latency.local",
    "wake_latency.remote",
    "blocked_time",
    "round_trip",
    "sleep_overshoot",
    "acquire_time",
    "yield_time",
    "iteration_cost",
    "iteration_cost.hot",
    "iteration_cost.cold",
    "iteration_cost.solo",
    "fork_time",
    "io_time.read",
    "io_time.write",
    "io_time.flush",
    "move_time",
    "queue_time",
};

}  // namespace

absl::string_view MetricName(Metric metric) {
  return kNames[static_cast<size_t>(metric)];
}

}  // namespace ktstr
