// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/yield_heavy/yield_heavy.h"

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

// Long enough for the workers to meet on the CPUs.
constexpr uint64_t kYields = 20'000;

TEST(YieldHeavyTest, YieldsSwitch) {
  const StressorResult result =
      RunStressor(kYieldHeavy, {}, BoundedBy(kYields));
  EXPECT_THAT(result.proof,
              IsOkAndHolds(HasSubstr("switched to another task")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kYieldTime)->count(), Eq(kYields));
  }
}

TEST(YieldHeavyTest, OneWorkerPerCpuHasNobodyToYieldTo) {
  RunOptions options = BoundedBy(100);
  options.workers = options.cpus.Count();
  EXPECT_THAT(RunStressor(kYieldHeavy, {}, options).proof,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("nobody to yield to")));
}

TEST(YieldHeavyTest, NotYieldingFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kYieldHeavy, OnlySpin>(), {}, BoundedBy(kYields));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("no worker yielded")));
}

}  // namespace
}  // namespace ktstr
