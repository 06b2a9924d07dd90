// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/ipc_variance/ipc_variance.h"

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
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/tampered_stressor.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 5;
// Passes of 20 short periods.
const std::vector<ParamText> kShort = {{"hot_iters", "10000"},
                                       {"period_iters", "20"}};

class IpcVarianceTest : public testing::TestWithParam<WorkerMode> {
 protected:
  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, IpcVarianceTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(IpcVarianceTest, MemoryIsSlowerThanMultiplication) {
  const StressorResult result =
      RunStressor(kIpcVariance, kShort, Options(kPasses));
  EXPECT_THAT(result.proof,
              IsOkAndHolds(AllOf(HasSubstr("for a touch of cold memory"),
                                 HasSubstr("times through"))));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(kPasses));
    EXPECT_THAT(worker.Find(Metric::kHotCost)->count(), Eq(kPasses));
    EXPECT_THAT(worker.Find(Metric::kColdCost)->count(), Eq(kPasses));
    // A pass is its two parts.
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->sum(),
                Eq(worker.Find(Metric::kHotCost)->sum() +
                   worker.Find(Metric::kColdCost)->sum()));
  }
}

TEST_P(IpcVarianceTest, TheDefaultsHoldForOnePass) {
  EXPECT_THAT(RunStressor(kIpcVariance, {}, Options(1)).proof,
              IsOkAndHolds(HasSubstr("for a touch of cold memory")));
}

TEST_P(IpcVarianceTest, StopsWithinALongPart) {
  RunOptions options = Options(0);
  options.duration = absl::Milliseconds(5);
  for (const char* iters : {"hot_iters", "cold_iters", "period_iters"}) {
    const StressorResult result =
        RunStressor(kIpcVariance, {{iters, "16777216"}}, options);
    for (const WorkerResult& worker : result.workers) {
      EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished)) << iters;
    }
  }
}

TEST_P(IpcVarianceTest, FewPeriodsCannotTell) {
  EXPECT_THAT(
      RunStressor(kIpcVariance, {{"period_iters", "1"}}, Options(5)).proof,
      StatusIs(absl::StatusCode::kUnimplemented,
               HasSubstr("5 periods are too few to tell")));
}

TEST_P(IpcVarianceTest, MemoryThatFitsIntoACacheCannotTell) {
  std::vector<ParamText> params = kShort;
  params.push_back({"region", "4K"});
  EXPECT_THAT(RunStressor(kIpcVariance, params, Options(kPasses)).proof,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("nothing has to be cold")));
}

TEST_P(IpcVarianceTest, SpinningInsteadFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Broken<kIpcVariance, OnlySpin>(), {}, Options(kPasses)).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("there were 0, with 0 steps (wrong) and 0 touches")));
}

void NeverFaulted(WorkerResult& worker) {
  worker.counters.minor_faults = 10;
  worker.counters.major_faults = 0;
}

TEST_P(IpcVarianceTest, MemoryThatTheKernelDidNotGiveFailsTheProof) {
  EXPECT_THAT(RunStressor(Tampered<kIpcVariance, NeverFaulted>(), kShort,
                          Options(kPasses))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("the kernel saw only 10 faults")));
}

void SawMorePasses(WorkerResult& worker) { ++worker.iterations; }

TEST_P(IpcVarianceTest, APassTooFewFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Tampered<kIpcVariance, SawMorePasses>(), kShort,
                  Options(kPasses))
          .proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("120 periods were to be, and there were 100")));
}

TEST_P(IpcVarianceTest, ShortPartsCannotTell) {
  for (const char* iters : {"hot_iters", "cold_iters"}) {
    EXPECT_THAT(RunStressor(kIpcVariance, {{iters, "10"}}, Options(1)).proof,
                StatusIs(absl::StatusCode::kUnimplemented,
                         HasSubstr("too short to be timed")));
  }
}

TEST(IpcVarianceParamsTest, RefusesNothingToDo) {
  for (const char* name : {"hot_iters", "cold_iters", "period_iters"}) {
    EXPECT_THAT(kIpcVariance.Make({{name, "0"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
  EXPECT_THAT(kIpcVariance.Make({{"region", "2G"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
