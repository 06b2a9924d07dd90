// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/worker_proto.h"

#include <cstddef>
#include <map>
#include <string>

#include "absl/types/span.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/message/histogram_proto.h"
#include "ktstr/report/message/setting_proto.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/stats/snapshot.h"

namespace ktstr {
namespace {

proto::Worker::End EndOf(WorkerEnd end) {
  switch (end) {
    case WorkerEnd::kNeverStarted:
      return proto::Worker::NEVER_STARTED;
    case WorkerEnd::kFinished:
      return proto::Worker::FINISHED;
    case WorkerEnd::kFailed:
      return proto::Worker::FAILED;
    case WorkerEnd::kDied:
      return proto::Worker::DIED;
    case WorkerEnd::kTimedOut:
      return proto::Worker::TIMED_OUT;
    case WorkerEnd::kKilled:
      return proto::Worker::KILLED;
  }
  return proto::Worker::NEVER_STARTED;
}

proto::Counters ToProto(const TaskCounters& counters) {
  proto::Counters message;
  if (counters.usage_known) {
    message.set_voluntary_switches(counters.voluntary_switches);
    message.set_involuntary_switches(counters.involuntary_switches);
    message.set_minor_faults(counters.minor_faults);
    message.set_major_faults(counters.major_faults);
    message.set_user_ns(counters.user_ns);
    message.set_system_ns(counters.system_ns);
  }
  if (counters.schedstat_known) {
    message.set_on_cpu_ns(counters.on_cpu_ns);
    message.set_run_delay_ns(counters.run_delay_ns);
    message.set_timeslices(counters.timeslices);
  }
  if (counters.migrations_known) message.set_migrations(counters.migrations);
  return message;
}

// Adds `more` to `sum`, to which nothing or other workers were added before.
void Accumulate(const TaskCounters& more, bool first, TaskCounters& sum) {
  sum.usage_known = more.usage_known && (first || sum.usage_known);
  sum.schedstat_known = more.schedstat_known && (first || sum.schedstat_known);
  sum.migrations_known =
      more.migrations_known && (first || sum.migrations_known);
  sum.voluntary_switches += more.voluntary_switches;
  sum.involuntary_switches += more.involuntary_switches;
  sum.minor_faults += more.minor_faults;
  sum.major_faults += more.major_faults;
  sum.user_ns += more.user_ns;
  sum.system_ns += more.system_ns;
  sum.on_cpu_ns += more.on_cpu_ns;
  sum.run_delay_ns += more.run_delay_ns;
  sum.timeslices += more.timeslices;
  sum.migrations += more.migrations;
}

proto::Pages ToProto(const PagesResult& pages) {
  proto::Pages message;
  message.set_sampled(pages.sampled);
  for (const auto& [node, count] : pages.on_node) {
    proto::Pages::OnNode& on_node = *message.add_on_nodes();
    on_node.set_node(node);
    on_node.set_pages(count);
  }
  message.set_absent(pages.absent);
  if (pages.home_node >= 0) message.set_home_node(pages.home_node);
  return message;
}

proto::CallFailure ToProto(const CallFailure& failure) {
  proto::CallFailure message;
  message.set_call(failure.call);
  message.set_error(failure.error);
  if (failure.error != 0) message.set_error_name(ErrnoName(failure.error));
  message.set_count(failure.count);
  return message;
}

proto::Metric ToProto(const MetricResult& metric) {
  proto::Metric message;
  message.set_name(std::string(MetricName(metric.metric)));
  *message.mutable_histogram() = ToProto(metric.histogram);
  for (const int64_t ns : metric.samples) message.add_samples_ns(ns);
  return message;
}

void SetEnd(const WorkerResult& worker, proto::Worker& message) {
  message.set_end(EndOf(worker.end));
  message.set_exit_code(worker.exit_code);
  message.set_exit_signal(worker.exit_signal);
  message.set_failure(worker.failure);
  message.set_begin_at_ns(worker.begin_at_ns);
  message.set_run_ns(worker.run_ns);
  if (worker.stop_latency_ns >= 0) {
    message.set_stop_latency_ns(worker.stop_latency_ns);
  }
}

void SetProgress(const WorkerResult& worker, proto::Worker& message) {
  message.set_iterations(worker.iterations);
  message.set_waiting_ns(worker.waiting_ns);
  message.set_wakes_sent(worker.wakes_sent);
  message.set_wakes_received(worker.wakes_received);
  message.set_wakes_ready(worker.wakes_ready);
  message.set_wakes_missed(worker.wakes_missed);
  message.set_wakes_spurious(worker.wakes_spurious);
  message.set_max_gap_ns(worker.max_gap_ns);
  message.set_max_gap_at_ns(worker.max_gap_at_ns);
  message.set_max_gap_cpu(worker.max_gap_cpu);
}

void SetPlaces(const WorkerResult& worker, proto::Worker& message) {
  message.set_cpus_used(worker.cpus_used.ToString());
  message.set_migrations(worker.migrations);
  message.set_migration_counts_lost(worker.migration_counts_lost);
  for (const MigrationCount& count : worker.migration_counts) {
    proto::MigrationCount& pair = *message.add_migration_counts();
    pair.set_from(count.from);
    pair.set_to(count.to);
    pair.set_count(count.count);
  }
  for (const MigrationEvent& event : worker.last_migrations) {
    proto::Migration& migration = *message.add_last_migrations();
    migration.set_at_ns(event.at_ns);
    migration.set_from(event.from);
    migration.set_to(event.to);
  }
}

void AddProgress(const WorkerResult& worker, proto::Role& sum) {
  sum.set_workers(sum.workers() + 1);
  sum.set_iterations(sum.iterations() + worker.iterations);
  sum.set_run_ns(sum.run_ns() + worker.run_ns);
  sum.set_waiting_ns(sum.waiting_ns() + worker.waiting_ns);
  sum.set_migrations(sum.migrations() + worker.migrations);
  sum.set_wakes_sent(sum.wakes_sent() + worker.wakes_sent);
  sum.set_wakes_received(sum.wakes_received() + worker.wakes_received);
  sum.set_wakes_ready(sum.wakes_ready() + worker.wakes_ready);
  sum.set_wakes_missed(sum.wakes_missed() + worker.wakes_missed);
  sum.set_wakes_spurious(sum.wakes_spurious() + worker.wakes_spurious);
}

}  // namespace

proto::Worker ToProto(const WorkerResult& worker) {
  proto::Worker message;
  message.set_index(worker.index);
  message.set_group(worker.group);
  message.set_position(worker.position);
  message.set_role(worker.role);
  message.set_pid(worker.pid);
  message.set_tid(worker.tid);
  SetEnd(worker, message);
  SetProgress(worker, message);
  SetPlaces(worker, message);
  if (worker.counters_known) {
    *message.mutable_counters() = ToProto(worker.counters);
  }
  for (const SettingResult& setting : worker.settings) {
    *message.add_settings() = ToProto(setting);
  }
  message.set_cgroup(worker.cgroup);
  if (worker.pages.known) *message.mutable_pages() = ToProto(worker.pages);
  for (const CallFailure& failure : worker.call_failures) {
    *message.add_call_failures() = ToProto(failure);
  }
  for (const MetricResult& metric : worker.metrics) {
    *message.add_metrics() = ToProto(metric);
  }
  return message;
}

proto::Role SumOfRole(const std::string& role,
                      absl::Span<const WorkerResult> workers) {
  proto::Role sum;
  sum.set_name(role);
  TaskCounters counters;
  std::map<Metric, HistogramSnapshot> metrics;
  for (const WorkerResult& worker : workers) {
    if (worker.role != role) continue;
    const bool first = sum.workers() == 0;
    AddProgress(worker, sum);
    Accumulate(worker.counters_known ? worker.counters : TaskCounters(), first,
               counters);
    for (const MetricResult& metric : worker.metrics) {
      metrics[metric.metric].Merge(metric.histogram);
    }
  }
  *sum.mutable_counters() = ToProto(counters);
  for (const auto& [metric, histogram] : metrics) {
    *sum.add_metrics() = ToProto(MetricResult{metric, histogram, {}});
  }
  return sum;
}

}  // namespace ktstr
