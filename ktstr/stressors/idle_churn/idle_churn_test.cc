// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/idle_churn/idle_churn.h"

#include <string>
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

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 50;

std::vector<ParamText> Short(const std::string& precise) {
  return {{"burst", "100us"}, {"sleep", "300us"}, {"precise_timing", precise}};
}

TEST(IdleChurnTest, SleepsWithTheSlackOfTheRun) {
  RunOptions options = BoundedBy(kPasses);
  options.timer_slack = absl::Nanoseconds(7);
  const StressorResult result = RunStressor(kIdleChurn, Short("true"), options);
  EXPECT_THAT(result.proof, IsOkAndHolds(AllOf(HasSubstr("for 50 sleeps"),
                                               HasSubstr("slack 7ns"))));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kSleepOvershoot)->count(), Eq(kPasses));
  }
}

TEST(IdleChurnTest, SleepsWithTheDefaultSlackInBothModes) {
  for (const WorkerMode mode : {WorkerMode::kFork, WorkerMode::kThread}) {
    RunOptions options = BoundedBy(kPasses);
    options.mode = mode;
    EXPECT_THAT(RunStressor(kIdleChurn, Short("false"), options).proof,
                IsOkAndHolds(HasSubstr("timer slack 50us")));
  }
}

TEST(IdleChurnTest, RefusesTimesThatAreNone) {
  for (const char* name : {"burst", "sleep"}) {
    EXPECT_THAT(kIdleChurn.Make({{name, "0s"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
  EXPECT_THAT(kIdleChurn.Make({{"precise_timing", "maybe"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(IdleChurnTest, NotSleepingFailsTheProof) {
  EXPECT_THAT(RunStressor(Broken<kIdleChurn, OnlySpin>(), Short("true"),
                          BoundedBy(1000))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("voluntary switches")));
}

// All but the slack.
absl::Status LeaveSlackAlone(Worker& worker) {
  while (worker.NextIteration()) {
    worker.Compute(10'000);
    if (!worker.SleepFor(absl::Microseconds(300))) break;
  }
  return absl::OkStatus();
}

TEST(IdleChurnTest, NotSettingTheSlackFailsTheProof) {
  EXPECT_THAT(RunStressor(Broken<kIdleChurn, LeaveSlackAlone>(), Short("false"),
                          BoundedBy(kPasses))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("not read back")));
}

}  // namespace
}  // namespace ktstr
