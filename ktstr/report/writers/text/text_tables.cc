// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_tables.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ktstr/report/human.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/text/layout/table.h"

namespace ktstr {
namespace {

constexpr size_t kIndent = 2;

// As wide as both tables can be in 100 columns with the widest numbers: eight
// for a time, ten for a count. The longest metric is "wake_latency.remote".
constexpr size_t kNameColumns = 19;
constexpr size_t kRoleColumns = 12;

// `value` if it was measured.
double If(bool measured, int64_t value) {
  return measured ? static_cast<double>(value) : kNotMeasured;
}

double Ratio(double part, double whole) {
  return whole > 0 ? part / whole : kNotMeasured;
}

double Switches(const proto::Counters& counters) {
  return If(counters.has_voluntary_switches(), counters.voluntary_switches()) +
         If(counters.has_involuntary_switches(),
            counters.involuntary_switches());
}

// The kernel's number, which not all kernels give away, else what the workers
// saw themselves.
double Migrations(const proto::Role& role) {
  return role.counters().has_migrations()
             ? static_cast<double>(role.counters().migrations())
             : static_cast<double>(role.migrations());
}

std::vector<std::string> RoleRow(const proto::Role& role, double run_ns) {
  const proto::Counters& counters = role.counters();
  const double on_cpu = If(counters.has_on_cpu_ns(), counters.on_cpu_ns());
  const double delay = If(counters.has_run_delay_ns(), counters.run_delay_ns());
  const double slices = If(counters.has_timeslices(), counters.timeslices());
  const double worker_ns = static_cast<double>(role.run_ns());
  return {role.name(),
          absl::StrCat(role.workers()),
          HumanRate(static_cast<double>(role.iterations()), run_ns),
          HumanRate(Switches(counters), run_ns),
          HumanRate(Migrations(role), run_ns),
          HumanShare(Ratio(on_cpu, worker_ns)),
          HumanShare(Ratio(delay, worker_ns)),
          HumanNanos(Ratio(delay, slices))};
}

std::vector<const proto::Metric*> GapsLast(const proto::Role& role) {
  std::vector<const proto::Metric*> metrics;
  for (const proto::Metric& metric : role.metrics()) {
    metrics.push_back(&metric);
  }
  std::stable_partition(
      metrics.begin(), metrics.end(),
      [](const proto::Metric* metric) { return metric->name() != "gap"; });
  return metrics;
}

std::vector<std::string> LatencyRow(std::string role,
                                    const proto::Metric& metric) {
  const proto::Histogram& times = metric.histogram();
  return {std::move(role),
          metric.name(),
          HumanNanos(If(times.has_p50_ns(), times.p50_ns())),
          HumanNanos(If(times.has_p90_ns(), times.p90_ns())),
          HumanNanos(If(times.has_p99_ns(), times.p99_ns())),
          HumanNanos(If(times.has_p999_ns(), times.p999_ns())),
          HumanNanos(If(times.has_max_ns(), times.max_ns())),
          HumanCount(static_cast<double>(times.count()))};
}

}  // namespace

std::string RoleTable(const proto::Stressor& stressor) {
  Table table(/*names=*/1, kRoleColumns);
  table.Add({"role", "workers", "iterations/s", "switches/s", "migrations/s",
             "on CPU", "run delay", "delay/slice"});
  const double run_ns = static_cast<double>(stressor.run_ns());
  for (const proto::Role& role : stressor.roles()) {
    table.Add(RoleRow(role, run_ns));
  }
  return table.Render(kIndent);
}

std::string LatencyTable(const proto::Stressor& stressor) {
  Table table(/*names=*/2, kNameColumns);
  table.Add({"role", "time", "p50", "p90", "p99", "p99.9", "max", "samples"});
  for (const proto::Role& role : stressor.roles()) {
    std::string name = role.name();
    for (const proto::Metric* metric : GapsLast(role)) {
      table.Add(LatencyRow(std::exchange(name, ""), *metric));
    }
  }
  return table.Render(kIndent);
}

}  // namespace ktstr
