// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/collect.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/child.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/supervisor/crew.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/pair_counts.h"
#include "ktstr/stats/ring.h"

namespace ktstr {
namespace {

// Relaxed: the writer has ended, or the number stands alone.
template <typename T>
T Load(const std::atomic<T>& value) {
  return value.load(std::memory_order_relaxed);
}

std::string DescribeState(absl::string_view state) {
  if (state == "T") return " (it was stopped)";
  if (state == "D") return " (in uninterruptible sleep)";
  if (state == "R") return " (it was running or runnable)";
  return "";
}

// A worker whose body did not come to its end: why.
void TellLoss(const WorkerProcess& process, bool started,
              WorkerResult& result) {
  const bool thread = process.count > 1;
  const absl::string_view who = thread ? "its process " : "it ";
  const ChildEnd end = process.end.value_or(ChildEnd{});
  (end.kind == ChildEnd::kSignaled ? result.exit_signal : result.exit_code) =
      end.value;
  if (!process.killed_as.has_value()) {
    result.end = started ? WorkerEnd::kDied : WorkerEnd::kNeverStarted;
    result.failure = absl::StrCat(who, DescribeEnd(end));
    return;
  }
  result.end = started ? *process.killed_as : WorkerEnd::kNeverStarted;
  result.failure =
      result.end == WorkerEnd::kTimedOut
          ? absl::StrCat("did not react to stop within the grace period",
                         DescribeState(process.state_when_killed))
          : absl::StrCat(who, "was killed with the run");
}

void CollectEnd(const WorkerProcess& process, const WorkerRecord& record,
                WorkerResult& result) {
  const WorkerPhase phase = record.phase.load(std::memory_order_acquire);
  const bool crashed = process.end.has_value() && process.end->value != 0;
  if (phase == WorkerPhase::kFailed) {
    result.end = WorkerEnd::kFailed;
    result.failure = std::string(record.failure.view());
  } else if (phase == WorkerPhase::kFinished &&
             (process.count > 1 || !crashed)) {
    result.end = WorkerEnd::kFinished;
  } else {
    TellLoss(process, phase >= WorkerPhase::kRunning, result);
  }
  if (phase == WorkerPhase::kFinished || phase == WorkerPhase::kFailed) {
    result.counters = record.counters_at_end - record.counters_at_start;
    result.counters_known = Load(record.begin_ns) != 0;
  } else if (phase == WorkerPhase::kRunning &&
             process.last_counters.has_value()) {
    result.counters = *process.last_counters - record.counters_at_start;
    result.counters_known =
        result.counters.usage_known || result.counters.schedstat_known;
  }
}

void CollectTimes(const WorkerProcess& process, const WorkerRecord& record,
                  int64_t start_ns, int64_t stop_ns, WorkerResult& result) {
  const int64_t begin = Load(record.begin_ns);
  if (begin == 0) return;
  result.begin_at_ns = begin - start_ns;
  const int64_t end = Load(record.end_ns);
  result.run_ns = (end != 0 ? end : process.ended_ns) - begin;
  result.waiting_ns = Load(record.waiting_ns);
  const int64_t seen = Load(record.stop_seen_ns);
  if (seen != 0 && stop_ns != 0) {
    result.stop_latency_ns = std::max<int64_t>(seen - stop_ns, 0);
  }
  result.max_gap_ns = Load(record.max_gap_ns);
  result.max_gap_cpu = Load(record.max_gap_cpu);
  if (result.max_gap_ns != 0) {
    result.max_gap_at_ns = Load(record.max_gap_end_ns) - start_ns;
  }
}

void CollectCounts(const WorkerRecord& record, WorkerResult& result) {
  result.iterations = Load(record.iterations);
  result.wakes_sent = Load(record.wakes_sent);
  result.wakes_received = Load(record.wakes_received);
  result.wakes_ready = Load(record.wakes_ready);
  result.wakes_missed = Load(record.wakes_missed);
  result.wakes_spurious = Load(record.wakes_spurious);
}

void CollectMigrations(const WorkerRecord& record, int64_t start_ns,
                       WorkerResult& result) {
  result.migrations = Load(record.migrations);
  for (uint32_t cpu = 0; cpu < WorkerRecord::kMaxCpus; ++cpu) {
    const uint64_t word = Load(record.cpus_used[cpu / 64]);
    if ((word >> cpu % 64 & 1) != 0) result.cpus_used.Add(cpu);
  }
  for (const PairCounts::Entry& pair : record.migration_counts.Entries()) {
    result.migration_counts.push_back({pair.from, pair.to, pair.count});
  }
  result.migration_counts_lost = record.migration_counts.lost();
  for (const Ring::Entry& entry : record.last_migrations.Entries()) {
    result.last_migrations.push_back(
        {entry.at_ns - start_ns, entry.from, entry.to});
  }
}

void CollectNotes(const WorkerRecord& record, WorkerResult& result) {
  for (uint32_t i = 0; i < Load(record.setting_count); ++i) {
    const SettingRecord& setting = record.settings[i];
    result.settings.push_back(
        {std::string(setting.name.view()), std::string(setting.asked.view()),
         std::string(setting.got.view()), setting.error, setting.applied,
         std::string(setting.why.view())});
  }
  for (const FailureRecord& failure : record.failures) {
    const uint64_t count = failure.count.load(std::memory_order_acquire);
    if (count == 0) continue;
    result.call_failures.push_back(
        {std::string(failure.call.view()), failure.error, count});
  }
}

void CollectPages(const WorkerRecord& record, WorkerResult& result) {
  const PagesRecord& pages = record.pages;
  // Acquire: they are there before the phase says that the worker has ended.
  const WorkerPhase phase = record.phase.load(std::memory_order_acquire);
  if (phase < WorkerPhase::kFinished || !pages.known) return;
  result.pages.known = true;
  result.pages.sampled = pages.sampled;
  result.pages.absent = pages.absent;
  result.pages.home_node = pages.home_node;
  for (size_t node = 0; node < PagesRecord::kMaxNodes; ++node) {
    const uint32_t count = pages.on_node[node];
    if (count != 0) result.pages.on_node[static_cast<int>(node)] = count;
  }
}

void CollectMetrics(const Crew& crew, uint32_t worker, WorkerResult& result) {
  for (size_t i = 0; i < crew.metrics().size(); ++i) {
    MetricResult metric;
    metric.metric = crew.metrics()[i];
    metric.histogram = HistogramSnapshot::Of(
        crew.layout().HistogramOf(crew.records(), worker, i));
    if (crew.layout().samples != 0) {
      metric.samples =
          crew.layout().ReservoirOf(crew.records(), worker, i).Samples();
    }
    result.metrics.push_back(std::move(metric));
  }
}

WorkerResult CollectWorker(const Crew& crew, const WorkerProcess& process,
                           uint32_t worker, int64_t start_ns) {
  const WorkerRecord& record = crew.record(worker);
  const PlannedStressor& planned = crew.planned();
  WorkerResult result;
  result.index = worker;
  result.group = worker / planned.group_size;
  result.position = worker % planned.group_size;
  result.role = planned.roles[result.position];
  result.cgroup = crew.cgroups().NameOf(worker);
  result.pid = process.child.pid();
  result.tid = Load(record.tid);
  CollectEnd(process, record, result);
  CollectTimes(process, record, start_ns, crew.stop_requested_ns(), result);
  CollectCounts(record, result);
  CollectMigrations(record, start_ns, result);
  CollectNotes(record, result);
  CollectPages(record, result);
  CollectMetrics(crew, worker, result);
  return result;
}

}  // namespace

StressorResult EmptyResult(const PlannedStressor& planned, WorkerMode mode) {
  StressorResult result;
  result.alias = planned.alias;
  result.stressor = planned.def->name;
  result.params = planned.params;
  result.mode = mode;
  result.group_size = planned.group_size;
  result.own_place = planned.def->own_place;
  for (const std::string& role : planned.roles) {
    if (std::find(result.roles.begin(), result.roles.end(), role) ==
        result.roles.end()) {
      result.roles.push_back(role);
    }
  }
  return result;
}

StressorResult CollectResult(const Crew& crew, int64_t start_ns) {
  StressorResult result = EmptyResult(crew.planned(), crew.mode());
  int64_t last_end = 0;
  for (const WorkerProcess& process : crew.processes()) {
    last_end = std::max(last_end, process.ended_ns);
    for (uint32_t i = 0; i < process.count; ++i) {
      result.workers.push_back(
          CollectWorker(crew, process, process.first + i, start_ns));
      const WorkerResult& worker = result.workers.back();
      result.start_spread_ns =
          std::max(result.start_spread_ns, worker.begin_at_ns);
      result.stop_latency_ns =
          std::max(result.stop_latency_ns, worker.stop_latency_ns);
    }
  }
  if (start_ns == 0) return result;
  // Without a stop, all workers came to their bound.
  const int64_t stop = crew.stopping() ? crew.stop_requested_ns() : last_end;
  result.stop_reason = crew.stop_reason().value_or(StopReason::kIterations);
  result.run_ns = stop - start_ns;
  result.stop_ns = std::max<int64_t>(last_end - stop, 0);
  return result;
}

LiveStressor LiveOf(const Crew& crew) {
  LiveStressor live;
  live.alias = crew.planned().alias;
  live.workers = crew.workers();
  for (const WorkerProcess& process : crew.processes()) {
    if (!process.end.has_value()) live.alive += process.count;
  }
  for (uint32_t worker = 0; worker < crew.workers(); ++worker) {
    live.iterations += Load(crew.record(worker).iterations);
    for (size_t i = 0; i < crew.metrics().size(); ++i) {
      const Metric metric = crew.metrics()[i];
      if (metric != Metric::kWakeLatencyLocal &&
          metric != Metric::kWakeLatencyRemote) {
        continue;
      }
      live.wake_latency.Merge(HistogramSnapshot::Of(
          crew.layout().HistogramOf(crew.records(), worker, i)));
    }
  }
  return live;
}

}  // namespace ktstr
