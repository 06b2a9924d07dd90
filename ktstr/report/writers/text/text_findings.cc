// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_findings.h"

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/human.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/text/layout/short_list.h"
#include "ktstr/report/writers/text/text_placement.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

// From here on another session's load may have taken a fair worker's time.
constexpr double kForeignMatters = 0.01;

// The worker whose 99th percentile of `metric` is longest; nullptr if none has
// samples.
const proto::Worker* WorstAt(const proto::Stressor& stressor,
                             const std::string& metric, int64_t& worst_ns) {
  const proto::Worker* worst = nullptr;
  for (const proto::Worker& worker : stressor.workers()) {
    for (const proto::Metric& candidate : worker.metrics()) {
      const proto::Histogram& times = candidate.histogram();
      if (candidate.name() != metric || times.count() == 0) continue;
      if (worst != nullptr && times.p99_ns() <= worst_ns) continue;
      worst = &worker;
      worst_ns = times.p99_ns();
    }
  }
  return worst;
}

// Names the worst worker of each wake-up latency, or of the one metric that
// the stressor has instead.
std::string WorstWorkers(const proto::Stressor& stressor) {
  std::string lines;
  if (stressor.workers_size() < 2) return lines;
  std::map<std::string, bool> seen;
  for (const proto::Role& role : stressor.roles()) {
    for (const proto::Metric& metric : role.metrics()) {
      if (metric.name() == "gap" || seen[metric.name()]) continue;
      seen[metric.name()] = true;
      int64_t ns = 0;
      const proto::Worker* worst = WorstAt(stressor, metric.name(), ns);
      if (worst == nullptr) continue;
      if (!lines.empty() && !absl::StartsWith(metric.name(), "wake")) continue;
      absl::StrAppend(&lines,
                      Labelled("worst p99",
                               absl::StrCat(metric.name(), " ",
                                            HumanNanos(static_cast<double>(ns)),
                                            " in ", WorkerName(*worst))));
    }
  }
  return lines;
}

std::string LongestGap(const proto::Stressor& stressor) {
  const proto::Worker* longest = nullptr;
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.max_gap_ns() <= (longest ? longest->max_gap_ns() : 0)) continue;
    longest = &worker;
  }
  if (longest == nullptr) return "";
  return Labelled(
      "longest gap",
      absl::StrCat(HumanNanos(static_cast<double>(longest->max_gap_ns())),
                   " in ", WorkerName(*longest), " on CPU ",
                   longest->max_gap_cpu(), ", until ",
                   HumanNanos(static_cast<double>(longest->max_gap_at_ns())),
                   " into the run"));
}

std::string HowItEnded(const proto::Worker& worker) {
  switch (worker.end()) {
    case proto::Worker::NEVER_STARTED:
      return "never started";
    case proto::Worker::DIED:
      return worker.exit_signal() != 0
                 ? absl::StrCat("died of ", SignalName(worker.exit_signal()))
                 : absl::StrCat("exited with ", worker.exit_code());
    case proto::Worker::TIMED_OUT:
      return "did not stop in time";
    case proto::Worker::KILLED:
      return "was killed";
    case proto::Worker::FAILED:
      return "failed";
    default:
      return "finished";
  }
}

std::string LostWorkers(const proto::Stressor& stressor) {
  ShortList list("lost");
  for (const proto::Worker& worker : stressor.workers()) {
    if (worker.end() == proto::Worker::FINISHED) continue;
    std::string text =
        absl::StrCat(WorkerName(worker), " ", HowItEnded(worker), " after ",
                     HumanNanos(static_cast<double>(worker.run_ns())), " and ",
                     Plural(worker.iterations(), "iteration"));
    if (!worker.failure().empty()) {
      absl::StrAppend(&text, ": ", worker.failure());
    }
    list.Add(text);
  }
  return list.Render();
}

std::string FailedCalls(const proto::Stressor& stressor) {
  Grouped failed;
  for (const proto::Worker& worker : stressor.workers()) {
    for (const proto::CallFailure& failure : worker.call_failures()) {
      failed.Add(absl::StrCat(failure.call(), ": ", failure.error_name(), ", ",
                              Plural(failure.count(), "time")),
                 WorkerName(worker));
    }
  }
  return failed.Render("failed calls");
}

// What a histogram cannot hold must not hide in it.
std::string OddSamples(const proto::Stressor& stressor) {
  ShortList list("odd samples");
  for (const proto::Role& role : stressor.roles()) {
    for (const proto::Metric& metric : role.metrics()) {
      const proto::Histogram& times = metric.histogram();
      if (times.saturated() > 0) {
        list.Add(absl::StrCat(metric.name(), " of ", role.name(), ": ",
                              times.saturated(), " beyond 68.7s"));
      }
      if (times.negative() > 0) {
        list.Add(absl::StrCat(metric.name(), " of ", role.name(), ": ",
                              times.negative(),
                              " left out, the clock went backwards"));
      }
    }
  }
  return list.Render();
}

// /proc/stat counts in ticks of 10 ms on each CPU: of less capacity than twenty
// of them a share would be mostly rounding.
double ShareOf(bool measured, int64_t part_ns, int64_t capacity_ns) {
  constexpr int64_t kLeastCapacityNs = 200'000'000;
  if (!measured || capacity_ns < kLeastCapacityNs) return kNotMeasured;
  return static_cast<double>(part_ns) / static_cast<double>(capacity_ns);
}

std::string HostLine(const proto::Host& context,
                     const proto::HostDisturbance& host) {
  const double foreign = ShareOf(host.has_foreign_cpu_ns(),
                                 host.foreign_cpu_ns(), host.capacity_ns());
  std::string text =
      absl::StrCat("foreign CPU ", HumanShare(foreign), ", steal ",
                   HumanShare(ShareOf(host.has_steal_ns(), host.steal_ns(),
                                      host.capacity_ns())));
  if (context.autogroup() && foreign >= kForeignMatters) {
    absl::StrAppend(&text, ", autogroup splits the CPUs by session");
  }
  for (const std::string& governor : context.governors()) {
    if (governor == "performance") continue;
    absl::StrAppend(&text, ", governor ", governor, " moves the clock");
  }
  return Labelled("host", text);
}

std::string KernelLog(const proto::HostDisturbance& host) {
  ShortList list("kernel log");
  if (!host.kernel_log_unread().empty()) {
    list.Add(absl::StrCat("not watched: ", host.kernel_log_unread()));
  }
  if (host.kernel_log_lost() > 0) {
    list.Add(
        absl::StrCat("records lost ", Plural(host.kernel_log_lost(), "time")));
  }
  for (const std::string& line : host.kernel_faults()) list.Add(line);
  for (const std::string& line : host.kernel_notes()) list.Add(line);
  return list.Render();
}

}  // namespace

std::string TextFindings(const proto::Host& context,
                         const proto::Stressor& stressor) {
  return absl::StrCat(
      WorstWorkers(stressor), LongestGap(stressor), LostWorkers(stressor),
      FailedCalls(stressor), PlacementFindings(stressor), OddSamples(stressor),
      HostLine(context, stressor.host()), KernelLog(stressor.host()));
}

}  // namespace ktstr
