// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/alu_hot/alu_hot.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/work/alu/alu_width.h"
#include "ktstr/core/metric.h"
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

constexpr uint64_t kPasses = 100;

class AluHotTest : public testing::TestWithParam<WorkerMode> {
 protected:
  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, AluHotTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(AluHotTest, MultipliesInTheWidestRegisters) {
  const StressorResult result = RunStressor(kAluHot, {}, Options(kPasses));
  EXPECT_THAT(result.proof, IsOkAndHolds(AllOf(
                                HasSubstr(AluWidthName(AllowWidestAlu())),
                                HasSubstr("result of 102400 steps is right"))));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(kPasses));
  }
}

TEST_P(AluHotTest, RunsInAWidthOrSaysWhatItNeeds) {
  for (AluWidth width :
       {AluWidth::kScalar, AluWidth::kVec128, AluWidth::kVec256,
        AluWidth::kVec512, AluWidth::kAmx}) {
    const std::string name(AluWidthName(width));
    const StressorResult result =
        RunStressor(kAluHot, {{"width", name}}, Options(kPasses));
    if (AllowAluWidth(width).ok()) {
      EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr(name + ": the result")));
    } else {
      EXPECT_THAT(result.setup, StatusIs(absl::StatusCode::kUnimplemented,
                                         HasSubstr(name + " needs")));
    }
  }
}

TEST_P(AluHotTest, StopsWithinALongPass) {
  RunOptions options = Options(0);
  options.duration = absl::Milliseconds(5);
  const StressorResult result =
      RunStressor(kAluHot, {{"steps", "16777216"}}, options);
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
  }
}

TEST_P(AluHotTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kAluHot, OnlySpin>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("not the 0 steps")));
}

void SawMorePasses(WorkerResult& worker) { ++worker.iterations; }

TEST_P(AluHotTest, APassTooFewFailsTheProof) {
  const StressorResult result =
      RunStressor(Tampered<kAluHot, SawMorePasses>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("which are too few")));
}

void GaveUpTheCpu(WorkerResult& worker) {
  worker.counters.voluntary_switches += 100;
}

TEST_P(AluHotTest, SleepingFailsTheProof) {
  const StressorResult result =
      RunStressor(Tampered<kAluHot, GaveUpTheCpu>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("gave up the CPU 10")));
}

TEST(AluHotParamsTest, RefusesAWidthThatThereIsNot) {
  EXPECT_THAT(kAluHot.Make({{"width", "vec1024"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(kAluHot.Make({{"steps", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
