// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/requested/measure.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/message/histogram_proto.h"
#include "ktstr/report/message/locality.h"
#include "ktstr/stats/snapshot.h"

namespace ktstr {
namespace {

absl::Status NotRecorded(absl::string_view what) {
  return absl::NotFoundError(absl::StrCat(what, " was not recorded"));
}

// "wake_latency" stands for itself and for "wake_latency.local".
bool Covers(absl::string_view quantity, absl::string_view metric) {
  return absl::ConsumePrefix(&metric, quantity) &&
         (metric.empty() || metric[0] == '.');
}

absl::StatusOr<Measurement> MeasureMetric(const Condition& condition,
                                          const proto::Role& role) {
  HistogramSnapshot merged;
  bool found = false;
  for (const proto::Metric& metric : role.metrics()) {
    if (!Covers(condition.quantity, metric.name())) continue;
    KTSTR_ASSIGN_OR_RETURN(const HistogramSnapshot one,
                           FromProto(metric.histogram()));
    merged.Merge(one);
    found = true;
  }
  if (!found) return NotRecorded(condition.quantity);
  Measurement result;
  if (condition.statistic == "count") {
    result.value = static_cast<double>(merged.count());
    return result;
  }
  if (merged.empty()) {
    return absl::NotFoundError(
        absl::StrCat(condition.quantity, " has no sample"));
  }
  result.samples = merged.count();
  if (condition.statistic == "mean") {
    result.value = merged.Mean();
  } else if (condition.statistic == "min") {
    result.value = static_cast<double>(merged.min());
  } else if (condition.statistic == "max") {
    result.value = static_cast<double>(merged.max());
  } else {
    result.value = static_cast<double>(merged.Percentile(condition.percentile));
    // With fewer, the percentile is only another name for the maximum.
    const double needed = std::round(100 / (100 - condition.percentile));
    if (static_cast<double>(merged.count()) < needed) {
      result.caveat = "too few for this percentile";
    }
  }
  return result;
}

absl::StatusOr<double> CountOf(const Condition& condition,
                               const proto::Role& role) {
  if (condition.quantity == "iterations") {
    return static_cast<double>(role.iterations());
  }
  const proto::Counters& counters = role.counters();
  if (condition.quantity == "migrations") {
    if (counters.has_migrations()) {
      return static_cast<double>(counters.migrations());
    }
    return absl::NotFoundError(
        "the kernel did not tell its count of migrations");
  }
  if (!counters.has_voluntary_switches() ||
      !counters.has_involuntary_switches()) {
    return absl::NotFoundError("the kernel did not tell its count of switches");
  }
  return static_cast<double>(counters.voluntary_switches() +
                             counters.involuntary_switches());
}

absl::StatusOr<Measurement> MeasureCounted(const Condition& condition,
                                           const proto::Stressor& stressor,
                                           const proto::Role& role) {
  Measurement result;
  KTSTR_ASSIGN_OR_RETURN(result.value, CountOf(condition, role));
  if (condition.statistic == "count") return result;
  if (stressor.run_ns() <= 0) return NotRecorded("the time of the run");
  constexpr double kNanosPerSecond = 1e9;
  result.value *= kNanosPerSecond / static_cast<double>(stressor.run_ns());
  return result;
}

absl::StatusOr<Measurement> MeasureSpread(const proto::Stressor& stressor,
                                          const proto::Role& role) {
  uint64_t least = std::numeric_limits<uint64_t>::max();
  uint64_t most = 0;
  double sum = 0;
  int workers = 0;
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.role() != role.name()) continue;
    least = std::min<uint64_t>(least, worker.iterations());
    most = std::max<uint64_t>(most, worker.iterations());
    sum += static_cast<double>(worker.iterations());
    ++workers;
  }
  if (workers < 2) {
    return absl::NotFoundError("a single worker has no spread");
  }
  if (sum == 0) return absl::NotFoundError("there was no iteration");
  Measurement result;
  result.value = 100 * static_cast<double>(most - least) / (sum / workers);
  return result;
}

absl::StatusOr<Measurement> MeasureShare(const Condition& condition,
                                         const proto::Role& role) {
  const proto::Counters& counters = role.counters();
  const bool delay = condition.quantity == "run_delay";
  if (role.run_ns() <= 0 ||
      (delay ? !counters.has_run_delay_ns() : !counters.has_on_cpu_ns())) {
    return absl::NotFoundError("the kernel did not tell it (no schedstat)");
  }
  const int64_t ns = delay ? counters.run_delay_ns() : counters.on_cpu_ns();
  Measurement result;
  result.value =
      100 * static_cast<double>(ns) / static_cast<double>(role.run_ns());
  return result;
}

absl::StatusOr<Measurement> MeasureLocality(const proto::Stressor& stressor,
                                            const proto::Role& role) {
  const Locality locality = LocalityOf(role.name(), stressor);
  if (locality.unknown > 0) {
    return absl::NotFoundError(absl::StrCat(
        "of ", locality.unknown, " of ", locality.unknown + locality.workers,
        " workers it is not known where their pages are"));
  }
  if (locality.Pages() == 0) {
    return absl::NotFoundError("no page of theirs was found on a node");
  }
  Measurement result;
  result.value = locality.Share();
  return result;
}

}  // namespace

absl::StatusOr<Measurement> Measure(const Condition& condition,
                                    const proto::Stressor& stressor,
                                    const proto::Role& role) {
  if (condition.quantity == "spread") return MeasureSpread(stressor, role);
  if (condition.unit == Unit::kPercent) return MeasureShare(condition, role);
  if (condition.unit == Unit::kFraction) return MeasureLocality(stressor, role);
  if (condition.quantity == "iterations" ||
      condition.quantity == "migrations" || condition.quantity == "switches") {
    return MeasureCounted(condition, stressor, role);
  }
  return MeasureMetric(condition, role);
}

}  // namespace ktstr
