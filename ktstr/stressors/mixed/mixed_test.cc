// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/mixed/mixed.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 4000;

void ExpectYieldsThatSwitch(WorkerMode mode) {
  RunOptions options = BoundedBy(kPasses);
  options.mode = mode;
  const StressorResult result = RunStressor(kMixed, {}, options);
  EXPECT_THAT(result.proof,
              IsOkAndHolds(HasSubstr("switched to another task")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kYieldTime)->count(), Eq(kPasses));
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(kPasses));
  }
}

TEST(MixedTest, ProcessesYieldToEachOther) {
  ExpectYieldsThatSwitch(WorkerMode::kFork);
}

TEST(MixedTest, ThreadsYieldToEachOther) {
  ExpectYieldsThatSwitch(WorkerMode::kThread);
}

TEST(MixedTest, RefusesSpinsOutOfRange) {
  EXPECT_THAT(kMixed.Make({{"spin_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(kMixed.Make({{"spin_iters", "16777217"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(MixedTest, NotYieldingFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kMixed, OnlySpin>(), {}, BoundedBy(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("no worker yielded")));
}

}  // namespace
}  // namespace ktstr
