// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/bursty/bursty.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 50;

std::vector<ParamText> Short() {
  return {{"burst", "500us"}, {"sleep", "500us"}};
}

void ExpectSleepsThatSwitch(WorkerMode mode) {
  RunOptions options = BoundedBy(kPasses);
  options.mode = mode;
  const StressorResult result = RunStressor(kBursty, Short(), options);
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("for 50 sleeps")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kSleepOvershoot)->count(), Eq(kPasses));
    // The sleeps were voluntary, the bursts were not.
    EXPECT_THAT(absl::Nanoseconds(worker.waiting_ns),
                Ge(kPasses * absl::Microseconds(500)));
    EXPECT_THAT(absl::Nanoseconds(worker.run_ns - worker.waiting_ns),
                Ge(kPasses * absl::Microseconds(499)));
  }
}

TEST(BurstyTest, ProcessesSleepAfterEachBurst) {
  ExpectSleepsThatSwitch(WorkerMode::kFork);
}

TEST(BurstyTest, ThreadsSleepAfterEachBurst) {
  ExpectSleepsThatSwitch(WorkerMode::kThread);
}

TEST(BurstyTest, StopsAmidALongBurstAndALongSleep) {
  RunOptions options = BoundedBy(0);
  options.duration = absl::Milliseconds(5);
  for (const char* longest : {"burst", "sleep"}) {
    std::vector<ParamText> params = Short();
    params[longest == params[0].name ? 0 : 1].value = "1h";
    const StressorResult result = RunStressor(kBursty, params, options);
    EXPECT_THAT(result.stop_reason, Eq(StopReason::kDuration));
    for (const WorkerResult& worker : result.workers) {
      EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished)) << longest;
    }
  }
}

TEST(BurstyTest, RefusesASleepThatIsNone) {
  EXPECT_THAT(kBursty.Make({{"sleep", "0s"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(kBursty.Make({{"burst", "-1ms"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(BurstyTest, NotSleepingFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kBursty, OnlySpin>(), Short(), BoundedBy(1000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("voluntary switches")));
}

absl::Status OnlySleep(Worker& worker) {
  while (worker.NextIteration()) {
    if (!worker.SleepFor(absl::Microseconds(100))) break;
  }
  return absl::OkStatus();
}

TEST(BurstyTest, NotComputingFailsTheProof) {
  const StressorResult result = RunStressor(Broken<kBursty, OnlySleep>(),
                                            {{"burst", "1s"}}, BoundedBy(50));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("runnable for only")));
}

}  // namespace
}  // namespace ktstr
