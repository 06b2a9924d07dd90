// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/spin_wait/spin_wait.h"

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

TEST(SpinWaitTest, SpinsWithoutGivingUpTheCpu) {
  const StressorResult result = RunStressor(kSpinWait, {}, BoundedBy(1000));
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("of a CPU")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(1000));
  }
}

TEST(SpinWaitTest, RefusesNegativeSpins) {
  EXPECT_THAT(kSpinWait.Make({{"spin_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

absl::Status SleepInstead(Worker& worker) {
  while (worker.NextIteration()) {
    if (!worker.SleepFor(absl::Microseconds(50))) break;
  }
  return absl::OkStatus();
}

TEST(SpinWaitTest, SleepingFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kSpinWait, SleepInstead>(), {}, BoundedBy(100));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("gave up the CPU")));
}

}  // namespace
}  // namespace ktstr
