// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/fan_out_compute/fan_out_compute.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
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

constexpr uint64_t kPasses = 40;

std::vector<ParamText> Small() {
  return {{"cache_footprint", "16K"}, {"operations", "2"}};
}

TEST(FanOutComputeTest, ReceiversSeeRoundsAndCompute) {
  for (WorkerMode mode : {WorkerMode::kFork, WorkerMode::kThread}) {
    RunOptions options = BoundedBy(kPasses);
    options.mode = mode;
    const StressorResult result = RunStressor(kFanOutCompute, Small(), options);
    EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("to 4 receivers")));
    EXPECT_THAT(result.workers,
                Each(Field(&WorkerResult::iterations, kPasses)));
  }
}

TEST(FanOutComputeTest, EveryPassIsMeasured) {
  const StressorResult result =
      RunStressor(kFanOutCompute, Small(), BoundedBy(kPasses));
  for (const WorkerResult& worker : result.workers) {
    const uint64_t passes = worker.position == 0 ? 0 : kPasses;
    EXPECT_THAT(worker.Find(Metric::kSleepOvershoot)->count(), Eq(passes));
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(passes));
    EXPECT_THAT(worker.wakes_received + worker.wakes_ready, Le(passes));
    EXPECT_THAT(
        worker.wakes_received + worker.wakes_ready + worker.wakes_missed,
        Ge(passes));
  }
}

TEST(FanOutComputeTest, RoundsAreMissedWhileReceiversCompute) {
  const StressorResult result =
      RunStressor(kFanOutCompute, {{"sleep", "1ms"}}, BoundedBy(kPasses));
  uint64_t missed = 0;
  for (const WorkerResult& worker : result.workers) {
    missed += worker.wakes_missed;
  }
  EXPECT_THAT(missed, Gt(0));
}

TEST(FanOutComputeTest, StopsWithinAProduct) {
  // One of these takes seconds.
  RunOptions options = BoundedBy(0);
  options.duration = absl::Milliseconds(100);
  options.grace = absl::Seconds(1);
  const StressorResult result =
      RunStressor(kFanOutCompute,
                  {{"cache_footprint", "64M"}, {"operations", "100"}}, options);
  EXPECT_THAT(result.workers,
              Each(Field(&WorkerResult::end, WorkerEnd::kFinished)));
}

TEST(FanOutComputeTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kFanOutCompute, OnlySpin>(), {}, BoundedBy(1000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("woke 0 sleepers")));
}

// Computes between sleeps that nobody ends.
absl::Status SleepInstead(Worker& worker) {
  WakeStamp stamp;
  for (uint64_t round = 1; worker.NextIteration(); ++round) {
    worker.StampWake(stamp, round);
    if (!worker.SleepFor(absl::Microseconds(10))) break;
  }
  return absl::OkStatus();
}

TEST(FanOutComputeTest, SleepingWithoutBeingWokenFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kFanOutCompute, SleepInstead>(), {}, BoundedBy(200));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("woke 0 sleepers")));
}

TEST(FanOutComputeTest, RefusesMatricesWithoutRoom) {
  EXPECT_THAT(kFanOutCompute.Make({{"cache_footprint", "1023"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(kFanOutCompute.Make({{"operations", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(kFanOutCompute.Make({{"sleep", "11s"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
