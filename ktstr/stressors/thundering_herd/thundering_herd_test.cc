// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/thundering_herd/thundering_herd.h"

#include <cstdint>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Matcher;

constexpr uint64_t kBatches = 50;

TEST(ThunderingHerdTest, WaitersWakeInEveryBatch) {
  for (WorkerMode mode : {WorkerMode::kFork, WorkerMode::kThread}) {
    RunOptions options = BoundedBy(kBatches);
    options.mode = mode;
    const StressorResult result =
        RunStressor(kThunderingHerd, {{"inter_batch", "1ms"}}, options);
    EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("to 7 receivers")));
    EXPECT_THAT(result.workers,
                Each(Field(&WorkerResult::iterations, kBatches)));
  }
}

TEST(ThunderingHerdTest, RolesMeasureWhatTheyDo) {
  const StressorResult result = RunStressor(
      kThunderingHerd, {{"inter_batch", "1ms"}}, BoundedBy(kBatches));
  for (const WorkerResult& worker : result.workers) {
    const bool waker = worker.position == 0;
    // The waker goes on until the last waiter has its passes.
    EXPECT_THAT(worker.Find(Metric::kSleepOvershoot)->count(),
                Eq(worker.wakes_sent));
    EXPECT_THAT(worker.wakes_sent, waker ? Matcher<uint64_t>(Ge(kBatches))
                                         : Matcher<uint64_t>(Eq(0)));
    EXPECT_THAT(worker.Find(Metric::kWakeLatencyLocal)->count() +
                    worker.Find(Metric::kWakeLatencyRemote)->count(),
                Eq(worker.wakes_received));
  }
}

TEST(ThunderingHerdTest, AllEndByThemselvesAfterTheLastBatch) {
  for (WorkerMode mode : {WorkerMode::kFork, WorkerMode::kThread}) {
    RunOptions options = BoundedBy(0);
    options.mode = mode;
    const StressorResult result = RunStressor(
        kThunderingHerd, {{"batches", "30"}, {"inter_batch", "1ms"}}, options);
    EXPECT_THAT(result.stop_reason, Eq(StopReason::kIterations));
    EXPECT_THAT(result.workers[0].iterations, Eq(30));
    for (const WorkerResult& worker : result.workers) {
      EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
      if (worker.position == 0) continue;
      EXPECT_THAT(
          worker.wakes_received + worker.wakes_ready + worker.wakes_missed,
          Eq(30));
    }
    EXPECT_THAT(result.proof, IsOk());
  }
}

TEST(ThunderingHerdTest, TheSmallerOfBothBoundsEndsIt) {
  const StressorResult result =
      RunStressor(kThunderingHerd, {{"batches", "1000"}, {"inter_batch", "0s"}},
                  BoundedBy(kBatches));
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kIterations));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
    EXPECT_THAT(worker.iterations, Le(kBatches));
  }
}

TEST(ThunderingHerdTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kThunderingHerd, OnlySpin>(), {}, BoundedBy(1000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("woke 0 sleepers")));
}

TEST(ThunderingHerdTest, RefusesWhatIsNoHerd) {
  EXPECT_THAT(kThunderingHerd.Make({{"waiters", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(kThunderingHerd.Make({{"inter_batch", "-1ms"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(kThunderingHerd.Make({{"inter_batch", "5"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
