// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cache_yield/cache_yield.h"

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

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 10'000;

void ExpectBothProofs(WorkerMode mode) {
  RunOptions options = BoundedBy(kPasses);
  options.mode = mode;
  const StressorResult result = RunStressor(kCacheYield, {}, options);
  EXPECT_THAT(result.proof,
              IsOkAndHolds(AllOf(HasSubstr("all of 32K touched"),
                                 HasSubstr("switched to another task"))));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kYieldTime)->count(), Eq(kPasses));
  }
}

TEST(CacheYieldTest, ProcessesWalkAndYield) {
  ExpectBothProofs(WorkerMode::kFork);
}

TEST(CacheYieldTest, ThreadsWalkAndYield) {
  ExpectBothProofs(WorkerMode::kThread);
}

TEST(CacheYieldTest, OneWorkerPerCpuHasNobodyToYieldTo) {
  RunOptions options = BoundedBy(100);
  options.workers = options.cpus.Count();
  EXPECT_THAT(RunStressor(kCacheYield, {}, options).proof,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("nobody to yield to")));
}

TEST(CacheYieldTest, RefusesNothingToTouch) {
  EXPECT_THAT(kCacheYield.Make({{"size", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST(CacheYieldTest, OnlySpinningFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Broken<kCacheYield, OnlySpin>(), {}, BoundedBy(kPasses))
          .proof,
      StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(CacheYieldTest, NotTouchingFailsTheProofAlsoWithNobodyToYieldTo) {
  RunOptions options = BoundedBy(kPasses);
  options.workers = 1;
  EXPECT_THAT(
      RunStressor(Broken<kCacheYield, OnlySpin>(), {}, options).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("touched")));
}

}  // namespace
}  // namespace ktstr
