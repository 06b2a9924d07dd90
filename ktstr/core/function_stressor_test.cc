// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/function_stressor.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr uint64_t kPasses = 100;

absl::Status SpinAndSleep(Worker& worker) {
  while (worker.NextIteration()) {
    worker.Compute(1024);
    if (!worker.SleepFor(absl::Microseconds(10))) break;
  }
  return absl::OkStatus();
}

absl::Status DoNothing(Worker&) { return absl::OkStatus(); }

absl::StatusOr<std::string> NeverProved(const GroupResult& group) {
  return absl::FailedPreconditionError(group.workers[0].role +
                                       " does not do what it says");
}

constexpr StressorDef kRow = {.name = "mine", .summary = "a load of mine"};
constinit const StressorDef kMine = DefineFunction<SpinAndSleep>(kRow);

class FunctionStressorTest : public testing::TestWithParam<WorkerMode> {
 protected:
  static StressorResult Run(const StressorDef& def) {
    RunOptions options = BoundedBy(kPasses);
    options.mode = GetParam();
    options.workers = 2;
    return RunStressor(def, {}, options);
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, FunctionStressorTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(FunctionStressorTest, RunsTheFunctionInEachWorker) {
  const StressorResult result = Run(kMine);
  EXPECT_THAT(result.proof, IsOkAndHolds(StartsWith("100 passes in ")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished));
    EXPECT_THAT(worker.iterations, Eq(kPasses));
  }
}

TEST_P(FunctionStressorTest, AFunctionThatDoesNothingFailsTheProof) {
  EXPECT_THAT(Run(DefineFunction<DoNothing>(kRow)).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("0 passes in ")));
}

TEST_P(FunctionStressorTest, AProofOfOnesOwnIsHeldTo) {
  EXPECT_THAT(Run(DefineFunction<SpinAndSleep, NeverProved>(kRow)).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("worker does not do what it says")));
}

TEST(VerifyThatItRanTest, PassesWithoutCpuTimeAreNoProof) {
  WorkerResult worker;
  worker.iterations = kPasses;
  GroupResult group;
  group.workers = {&worker, 1};
  EXPECT_THAT(VerifyThatItRan(group),
              StatusIs(absl::StatusCode::kUnimplemented));
  worker.counters.usage_known = true;
  EXPECT_THAT(VerifyThatItRan(group),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  worker.counters.user_ns = 1;
  EXPECT_THAT(VerifyThatItRan(group), IsOk());
}

}  // namespace
}  // namespace ktstr
