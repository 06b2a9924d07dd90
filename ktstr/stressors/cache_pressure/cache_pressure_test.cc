// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cache_pressure/cache_pressure.h"

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

constexpr uint64_t kPasses = 100;

void ExpectAllTouched(WorkerMode mode) {
  RunOptions options = BoundedBy(kPasses);
  options.mode = mode;
  const StressorResult result =
      RunStressor(kCachePressure, {{"size", "1M"}}, options);
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("all of 1M touched")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(kPasses));
  }
}

TEST(CachePressureTest, ProcessesTouchAllOfTheirMemory) {
  ExpectAllTouched(WorkerMode::kFork);
}

TEST(CachePressureTest, ThreadsTouchAllOfTheirMemory) {
  ExpectAllTouched(WorkerMode::kThread);
}

TEST(CachePressureTest, AStrideOfPagesTouchesAllInTheEnd) {
  EXPECT_THAT(RunStressor(kCachePressure, {{"size", "1M"}, {"stride", "12K"}},
                          BoundedBy(kPasses))
                  .proof,
              IsOkAndHolds(HasSubstr("all of 1M touched")));
}

TEST(CachePressureTest, TooFewPassesCannotTell) {
  EXPECT_THAT(
      RunStressor(kCachePressure, {{"size", "1M"}}, BoundedBy(3)).proof,
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("do not lead")));
}

TEST(CachePressureTest, RefusesNothingToTouch) {
  for (const char* name : {"size", "stride"}) {
    EXPECT_THAT(kCachePressure.Make({{name, "0"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
    EXPECT_THAT(kCachePressure.Make({{name, "2G"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
}

TEST(CachePressureTest, NotTouchingFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kCachePressure, OnlySpin>(), {}, BoundedBy(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("only 0 of 32K")));
}

}  // namespace
}  // namespace ktstr
