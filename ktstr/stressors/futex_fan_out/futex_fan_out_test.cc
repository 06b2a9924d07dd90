// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/futex_fan_out/futex_fan_out.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Le;

constexpr uint64_t kPasses = 500;

// Every round is seen, missed, or came after the receiver's end.
void ExpectRoundsAccountedFor(const StressorResult& result) {
  const uint64_t rounds = result.workers[0].wakes_sent;
  EXPECT_THAT(rounds, Ge(kPasses));
  for (const WorkerResult& worker : result.workers) {
    const uint64_t accounted =
        worker.wakes_received + worker.wakes_ready + worker.wakes_missed;
    if (worker.position == 0) {
      EXPECT_THAT(accounted, Eq(0));
      continue;
    }
    EXPECT_THAT(accounted, Ge(kPasses));
    EXPECT_THAT(accounted, Le(rounds));
    // Of each pass there is one first round at most.
    EXPECT_THAT(worker.wakes_received + worker.wakes_ready, Le(kPasses));
    EXPECT_THAT(worker.Find(Metric::kWakeLatencyLocal)->count() +
                    worker.Find(Metric::kWakeLatencyRemote)->count(),
                Eq(worker.wakes_received));
  }
}

TEST(FutexFanOutTest, ReceiversSeeTheRounds) {
  for (WorkerMode mode : {WorkerMode::kFork, WorkerMode::kThread}) {
    RunOptions options = BoundedBy(kPasses);
    options.mode = mode;
    options.workers = 5;
    const StressorResult result = RunStressor(kFutexFanOut, {}, options);
    EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("to 4 receivers")));
    EXPECT_THAT(result.workers,
                Each(Field(&WorkerResult::iterations, kPasses)));
    ExpectRoundsAccountedFor(result);
  }
}

TEST(FutexFanOutTest, MessengerThatRunsAheadIsNoticed) {
  // On one CPU, with nothing to do between rounds, it sends many before any
  // receiver gets to run.
  RunOptions options = BoundedBy(kPasses);
  const uint32_t cpu = options.cpus.First();
  options.cpus = CpuSet();
  options.cpus.Add(cpu);
  options.cpus_given = true;
  options.workers = 5;
  const StressorResult result =
      RunStressor(kFutexFanOut, {{"spin_iters", "0"}}, options);
  ExpectRoundsAccountedFor(result);
  uint64_t missed = 0;
  for (const WorkerResult& worker : result.workers) {
    missed += worker.wakes_missed;
  }
  EXPECT_THAT(missed, Gt(0));
  EXPECT_THAT(result.proof, IsOk());
}

TEST(FutexFanOutTest, OneReceiverIsEnough) {
  RunOptions options = BoundedBy(kPasses);
  options.workers = 2;
  EXPECT_THAT(RunStressor(kFutexFanOut, {{"fan_out", "1"}}, options).proof,
              IsOk());
}

TEST(FutexFanOutTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kFutexFanOut, OnlySpin>(), {}, BoundedBy(1000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("woke 0 sleepers")));
}

// Sleeps for a while instead of waiting to be woken.
absl::Status PollInstead(Worker& worker) {
  WakeStamp stamp;
  uint64_t round = 0;
  while (worker.NextIteration()) {
    worker.StampWake(stamp, ++round);
    if (!worker.SleepFor(absl::Microseconds(10))) break;
    if (worker.position() != 0) worker.MatchWake(stamp, round);
  }
  return absl::OkStatus();
}

TEST(FutexFanOutTest, PollingInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kFutexFanOut, PollInstead>(), {}, BoundedBy(200));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("woke 0 sleepers")));
}

TEST(FutexFanOutTest, RefusesNobodyToWake) {
  EXPECT_THAT(kFutexFanOut.Make({{"fan_out", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("1 .. 4096 (default 4)")));
}

}  // namespace
}  // namespace ktstr
