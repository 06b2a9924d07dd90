// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/worker_proto.h"

#include <errno.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/stats/histogram.h"
#include "ktstr/stats/snapshot.h"

namespace ktstr {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

HistogramSnapshot Times(std::vector<int64_t> ns) {
  const auto histogram = std::make_unique<Histogram>();
  for (const int64_t value : ns) histogram->Record(value);
  return HistogramSnapshot::Of(*histogram);
}

WorkerResult Worker(uint64_t iterations) {
  WorkerResult worker;
  worker.role = "stage";
  worker.iterations = iterations;
  worker.counters_known = true;
  worker.counters.usage_known = true;
  worker.counters.voluntary_switches = 11;
  worker.counters.schedstat_known = true;
  worker.counters.on_cpu_ns = 13;
  return worker;
}

TEST(WorkerProtoTest, CarriesHowItEnded) {
  WorkerResult worker = Worker(5);
  worker.end = WorkerEnd::kDied;
  worker.exit_signal = 9;
  worker.pid = 101;
  worker.tid = 102;
  worker.failure = "why";
  const proto::Worker message = ToProto(worker);
  EXPECT_EQ(message.end(), proto::Worker::DIED);
  EXPECT_EQ(message.exit_signal(), 9);
  EXPECT_EQ(message.pid(), 101);
  EXPECT_EQ(message.tid(), 102);
  EXPECT_EQ(message.failure(), "why");
  EXPECT_FALSE(message.has_stop_latency_ns());
}

TEST(WorkerProtoTest, CarriesEveryCounterInItsPlace) {
  WorkerResult worker;
  worker.iterations = 1;
  worker.waiting_ns = 2;
  worker.wakes_sent = 3;
  worker.wakes_received = 4;
  worker.wakes_ready = 5;
  worker.wakes_missed = 6;
  worker.wakes_spurious = 7;
  worker.max_gap_ns = 8;
  worker.max_gap_at_ns = 9;
  worker.max_gap_cpu = 10;
  worker.stop_latency_ns = 0;
  const proto::Worker message = ToProto(worker);
  EXPECT_EQ(message.iterations(), 1u);
  EXPECT_EQ(message.waiting_ns(), 2);
  EXPECT_EQ(message.wakes_sent(), 3u);
  EXPECT_EQ(message.wakes_received(), 4u);
  EXPECT_EQ(message.wakes_ready(), 5u);
  EXPECT_EQ(message.wakes_missed(), 6u);
  EXPECT_EQ(message.wakes_spurious(), 7u);
  EXPECT_EQ(message.max_gap_ns(), 8);
  EXPECT_EQ(message.max_gap_at_ns(), 9);
  EXPECT_EQ(message.max_gap_cpu(), 10u);
  EXPECT_TRUE(message.has_stop_latency_ns());
}

TEST(WorkerProtoTest, CarriesPlaces) {
  WorkerResult worker;
  worker.cpus_used = CpuSet({0, 3});
  worker.migrations = 5;
  worker.migration_counts = {{.from = 0, .to = 3, .count = 4}};
  worker.last_migrations = {{.at_ns = 77, .from = 3, .to = 0}};
  const proto::Worker message = ToProto(worker);
  EXPECT_EQ(message.cpus_used(), "0,3");
  EXPECT_EQ(message.migrations(), 5u);
  EXPECT_EQ(message.migration_counts(0).to(), 3u);
  EXPECT_EQ(message.migration_counts(0).count(), 4u);
  EXPECT_EQ(message.last_migrations(0).at_ns(), 77);
  EXPECT_EQ(message.last_migrations(0).from(), 3u);
}

TEST(WorkerProtoTest, NamesErrors) {
  WorkerResult worker;
  SettingResult refused;
  refused.error = EPERM;
  refused.why = "needs CAP_SYS_NICE";
  SettingResult applied;
  applied.applied = true;
  worker.settings = {refused, applied};
  worker.call_failures = {{.call = "read(pipe)", .error = EBADF, .count = 3}};
  const proto::Worker message = ToProto(worker);
  EXPECT_EQ(message.settings(0).error_name(), "EPERM");
  EXPECT_FALSE(message.settings(0).applied());
  EXPECT_EQ(message.settings(0).why(), "needs CAP_SYS_NICE");
  EXPECT_EQ(message.settings(1).error_name(), "");
  EXPECT_EQ(message.call_failures(0).error_name(), "EBADF");
  EXPECT_EQ(message.call_failures(0).count(), 3u);
}

TEST(WorkerProtoTest, LeavesOutCountersThatAreUnknown) {
  WorkerResult worker = Worker(1);
  const proto::Worker message = ToProto(worker);
  EXPECT_EQ(message.counters().voluntary_switches(), 11);
  EXPECT_EQ(message.counters().on_cpu_ns(), 13);
  EXPECT_TRUE(message.counters().has_involuntary_switches());
  EXPECT_FALSE(message.counters().has_migrations());
  worker.counters_known = false;
  EXPECT_FALSE(ToProto(worker).has_counters());
}

TEST(WorkerProtoTest, CarriesItsCgroupAndPages) {
  WorkerResult worker;
  worker.cgroup = "b";
  worker.pages = {.known = true,
                  .sampled = 12,
                  .on_node = {{0, 7}, {2, 4}},
                  .absent = 1,
                  .home_node = 0};
  const proto::Worker message = ToProto(worker);
  EXPECT_EQ(message.cgroup(), "b");
  EXPECT_EQ(message.pages().sampled(), 12u);
  ASSERT_THAT(message.pages().on_nodes(), SizeIs(2));
  EXPECT_EQ(message.pages().on_nodes(1).node(), 2);
  EXPECT_EQ(message.pages().on_nodes(1).pages(), 4u);
  EXPECT_EQ(message.pages().absent(), 1u);
  EXPECT_TRUE(message.pages().has_home_node());
  EXPECT_EQ(message.pages().home_node(), 0);
}

TEST(WorkerProtoTest, LeavesOutPagesAndNodesThatAreUnknown) {
  WorkerResult worker;
  EXPECT_FALSE(ToProto(worker).has_pages());
  worker.pages.known = true;
  EXPECT_TRUE(ToProto(worker).has_pages());
  EXPECT_FALSE(ToProto(worker).pages().has_home_node());
}

TEST(WorkerProtoTest, CarriesMetricsUnderTheirName) {
  WorkerResult worker;
  worker.metrics = {{Metric::kWakeLatencyRemote, Times({5, 7}), {7}}};
  const proto::Worker message = ToProto(worker);
  ASSERT_THAT(message.metrics(), SizeIs(1));
  EXPECT_EQ(message.metrics(0).name(), "wake_latency.remote");
  EXPECT_EQ(message.metrics(0).histogram().count(), 2u);
  EXPECT_THAT(message.metrics(0).samples_ns(), ElementsAre(7));
}

TEST(SumOfRoleTest, AddsTheWorkersOfTheRole) {
  WorkerResult other = Worker(1000);
  other.role = "other";
  const proto::Role sum = SumOfRole("stage", {Worker(5), other, Worker(6)});
  EXPECT_EQ(sum.workers(), 2u);
  EXPECT_EQ(sum.iterations(), 11u);
  EXPECT_EQ(sum.counters().voluntary_switches(), 22);
  EXPECT_EQ(sum.counters().on_cpu_ns(), 26);
}

TEST(SumOfRoleTest, KnowsNoSumWhereOneNumberIsMissing) {
  WorkerResult dead = Worker(6);
  dead.counters_known = false;
  for (const auto& workers : {std::vector<WorkerResult>{Worker(5), dead},
                              std::vector<WorkerResult>{dead, Worker(5)}}) {
    const proto::Role sum = SumOfRole("stage", workers);
    EXPECT_FALSE(sum.counters().has_voluntary_switches());
    EXPECT_FALSE(sum.counters().has_on_cpu_ns());
  }
}

TEST(SumOfRoleTest, MergesHistograms) {
  WorkerResult one = Worker(1);
  one.metrics = {{Metric::kGap, Times({10, 20}), {10}}};
  WorkerResult two = Worker(1);
  two.metrics = {{Metric::kGap, Times({30}), {30}},
                 {Metric::kRoundTrip, Times({40}), {}}};
  const proto::Role sum = SumOfRole("stage", {one, two});
  ASSERT_THAT(sum.metrics(), SizeIs(2));
  EXPECT_EQ(sum.metrics(0).name(), "gap");
  EXPECT_EQ(sum.metrics(0).histogram().count(), 3u);
  EXPECT_EQ(sum.metrics(0).histogram().max_ns(), 30);
  EXPECT_EQ(sum.metrics(1).histogram().count(), 1u);
}

}  // namespace
}  // namespace ktstr
