// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/worker.h"

#include <errno.h>
#include <time.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/pair_counts.h"
#include "ktstr/stats/ring.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::Le;

TEST(WorkerTest, CountsPassesThatEnded) {
  LoneWorkers lone;
  Worker worker(lone.setup());
  EXPECT_THAT(worker.NextIteration(), Eq(true));
  EXPECT_THAT(lone.record().iterations.load(), Eq(0));
  EXPECT_THAT(worker.NextIteration(), Eq(true));
  EXPECT_THAT(lone.record().iterations.load(), Eq(1));
}

TEST(WorkerTest, EndsAtItsBound) {
  LoneWorkers lone({.iterations = 5});
  Worker worker(lone.setup());
  int passes = 0;
  while (worker.NextIteration()) ++passes;
  EXPECT_THAT(passes, Eq(5));
  EXPECT_THAT(lone.record().iterations.load(), Eq(5));
  EXPECT_THAT(lone.record().stop_seen_ns.load(), Eq(0));
  EXPECT_THAT(worker.NextIteration(), Eq(false));
}

TEST(WorkerTest, EndsWhenToldToAndSaysWhenItSawIt) {
  LoneWorkers lone;
  Worker worker(lone.setup());
  EXPECT_THAT(worker.NextIteration(), Eq(true));
  const int64_t before = MonotonicNanos();
  lone.stop() = 1;
  EXPECT_THAT(worker.NextIteration(), Eq(false));
  const int64_t seen = lone.record().stop_seen_ns.load();
  EXPECT_THAT(seen, Ge(before));
  EXPECT_THAT(seen, Le(MonotonicNanos()));
  // The pass that ended with the stop counts; and it is seen only once.
  EXPECT_THAT(lone.record().iterations.load(), Eq(1));
  EXPECT_THAT(worker.NextIteration(), Eq(false));
  EXPECT_THAT(lone.record().stop_seen_ns.load(), Eq(seen));
}

TEST(WorkerTest, EveryPassHasAGapAndTheWorstIsKept) {
  LoneWorkers lone({.iterations = 1000});
  const int64_t begin = MonotonicNanos();
  Worker worker(lone.setup());
  while (worker.NextIteration()) {
  }
  const int64_t end = MonotonicNanos();
  const Histogram& gaps = lone.histogram(Metric::kGap);
  EXPECT_THAT(gaps.count(), Eq(1001));
  EXPECT_THAT(gaps.negative(), Eq(0));
  EXPECT_THAT(gaps.sum(), Le(static_cast<uint64_t>(end - begin)));
  EXPECT_THAT(lone.record().max_gap_ns.load(), Eq(gaps.max()));
  EXPECT_THAT(lone.record().max_gap_end_ns.load(), Ge(begin));
  EXPECT_THAT(lone.record().max_gap_end_ns.load(), Le(end));
}

TEST(WorkerTest, LongPassesHaveBookkeepingPointsWithin) {
  LoneWorkers lone;
  Worker worker(lone.setup());
  const Histogram& gaps = lone.histogram(Metric::kGap);
  EXPECT_THAT(worker.NextIteration(), Eq(true));
  const uint64_t before = gaps.count();
  EXPECT_THAT(worker.Look(), Eq(true));
  EXPECT_THAT(gaps.count(), Eq(before + 1));
  // A pass that ends with a wait has its last point there, unless a look came
  // after it.
  EXPECT_THAT(worker.SleepUntil(MonotonicNanos()), Eq(true));
  EXPECT_THAT(worker.Look(), Eq(true));
  const uint64_t looked = gaps.count();
  EXPECT_THAT(worker.NextIteration(), Eq(true));
  EXPECT_THAT(gaps.count(), Eq(looked + 1));
  lone.stop() = 1;
  EXPECT_THAT(worker.Look(), Eq(false));
}

TEST(WorkerTest, RecordsOnlyWhatItsRowNames) {
  LoneWorkers lone({.metrics = {Metric::kAcquireTime, Metric::kYieldTime}});
  Worker worker(lone.setup());
  worker.Record(Metric::kYieldTime, 42);
  EXPECT_THAT(lone.histogram(Metric::kYieldTime).max(), Eq(42));
  EXPECT_THAT(lone.histogram(Metric::kAcquireTime).count(), Eq(0));
  EXPECT_DEATH(worker.Record(Metric::kRoundTrip, 1), "Declared");
}

TEST(WorkerTest, KeepsRawSamples) {
  LoneWorkers lone({.metrics = {Metric::kAcquireTime}, .samples = 4});
  Worker worker(lone.setup());
  for (const int64_t ns : {3, 1, 4, 1}) {
    worker.Record(Metric::kAcquireTime, ns);
  }
  EXPECT_THAT(lone.samples(Metric::kAcquireTime), ElementsAre(3, 1, 4, 1));
  worker.Record(Metric::kAcquireTime, 5);
  EXPECT_THAT(lone.samples(Metric::kAcquireTime), testing::SizeIs(4));
  EXPECT_THAT(lone.samples(Metric::kGap), testing::IsEmpty());
}

TEST(WorkerTest, ComputeEndsEarlyOnStop) {
  LoneWorkers lone;
  Worker worker(lone.setup());
  lone.stop() = 1;
  worker.Compute(std::numeric_limits<uint64_t>::max());
  EXPECT_THAT(lone.record().stop_seen_ns.load(), Gt(0));
}

int64_t ThreadCpuNanos() {
  struct timespec now;
  EXPECT_THAT(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), Eq(0));
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

TEST(WorkerTest, BurnsWhatItIsToldTo) {
  LoneWorkers lone;
  Worker worker(lone.setup());
  const int64_t before = ThreadCpuNanos();
  EXPECT_THAT(worker.BurnCpuTime(absl::Microseconds(200)), Eq(true));
  EXPECT_THAT(ThreadCpuNanos() - before, Ge(200'000));
  EXPECT_THAT(worker.BurnCpuTime(absl::ZeroDuration()), Eq(true));
}

TEST(WorkerTest, BurningEndsEarlyOnStop) {
  LoneWorkers lone;
  Worker worker(lone.setup());
  lone.stop() = 1;
  EXPECT_THAT(worker.BurnCpuTime(absl::Hours(1)), Eq(false));
  EXPECT_THAT(worker.BurnCpuTime(absl::ZeroDuration()), Eq(false));
}

TEST(WorkerTest, CountsFailuresByCallAndErrno) {
  LoneWorkers lone;
  Worker worker(lone.setup());
  worker.CountFailure("sched_yield", EINTR);
  worker.CountFailure("sched_yield", EPERM);
  worker.CountFailure("sched_yield", EINTR);
  const FailureRecord* failures = lone.record().failures;
  EXPECT_THAT(failures[0].call.view(), Eq("sched_yield"));
  EXPECT_THAT(failures[0].error, Eq(EINTR));
  EXPECT_THAT(failures[0].count.load(), Eq(2));
  EXPECT_THAT(failures[1].error, Eq(EPERM));
  EXPECT_THAT(failures[1].count.load(), Eq(1));
  EXPECT_THAT(failures[2].count.load(), Eq(0));
  // A failure that is only counted ends nothing.
  EXPECT_THAT(worker.NextIteration(), Eq(true));
}

TEST(WorkerTest, CountsFailuresThatFindNoRoomTogether) {
  LoneWorkers lone;
  Worker worker(lone.setup());
  const size_t kinds = WorkerRecord::kMaxFailures + 5;
  for (size_t i = 0; i < kinds; ++i) {
    worker.CountFailure(absl::StrCat("call ", i), EINVAL);
  }
  const FailureRecord& last =
      lone.record().failures[WorkerRecord::kMaxFailures - 1];
  EXPECT_THAT(last.call.view(), Eq("further calls"));
  EXPECT_THAT(last.count.load(), Eq(6));
}

TEST(WorkerTest, TellsEveryMigration) {
  const CpuSet allowed = *GetAffinity(0);
  if (allowed.Count() < 2) GTEST_SKIP() << "needs two CPUs";
  const uint32_t from = allowed.cpus()[0];
  const uint32_t to = allowed.cpus()[1];
  const auto move_to = [](uint32_t cpu) {
    CpuSet one;
    one.Add(cpu);
    EXPECT_THAT(SetAffinity(0, one), IsOk());
  };
  LoneWorkers lone;
  move_to(from);
  Worker worker(lone.setup());
  worker.NextIteration();
  worker.NextIteration();
  EXPECT_THAT(lone.record().migrations.load(), Eq(0));
  const int64_t before = MonotonicNanos();
  for (const uint32_t cpu : {to, from, to}) {
    move_to(cpu);
    worker.NextIteration();
  }
  ASSERT_THAT(SetAffinity(0, allowed), IsOk());

  const WorkerRecord& record = lone.record();
  EXPECT_THAT(record.migrations.load(), Eq(3));
  const std::vector<Ring::Entry> last = record.last_migrations.Entries();
  ASSERT_THAT(last, testing::SizeIs(3));
  EXPECT_THAT(last[0].at_ns, Ge(before));
  EXPECT_THAT(last[2].from, Eq(from));
  EXPECT_THAT(last[2].to, Eq(to));
  EXPECT_THAT(record.migration_counts.Entries(),
              testing::UnorderedElementsAre(PairCounts::Entry{from, to, 2},
                                            PairCounts::Entry{to, from, 1}));
  for (const uint32_t cpu : {from, to}) {
    EXPECT_THAT(record.cpus_used[cpu / 64].load() >> cpu % 64 & 1, Eq(1));
  }
}

}  // namespace
}  // namespace ktstr
