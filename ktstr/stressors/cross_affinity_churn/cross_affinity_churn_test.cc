// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cross_affinity_churn/cross_affinity_churn.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/tampered_stressor.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint64_t kPasses = 200;

class CrossAffinityChurnTest : public testing::TestWithParam<WorkerMode> {
 protected:
  void SetUp() override {
    if (GetAffinity(0)->Count() < 2) GTEST_SKIP() << "needs 2 CPUs";
  }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, CrossAffinityChurnTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(CrossAffinityChurnTest, SiblingsMoveEachOther) {
  const StressorResult result =
      RunStressor(kCrossAffinityChurn, {}, Options(kPasses));
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("siblings were pinned")));
  EXPECT_THAT(result.workers, SizeIs(4));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kYieldTime)->count(), Eq(kPasses));
    EXPECT_THAT(worker.call_failures, IsEmpty());
  }
}

TEST_P(CrossAffinityChurnTest, PairsDo) {
  EXPECT_THAT(
      RunStressor(kCrossAffinityChurn, {{"siblings", "2"}}, Options(kPasses))
          .proof,
      IsOk());
}

TEST_P(CrossAffinityChurnTest, FewCallsCannotTell) {
  EXPECT_THAT(
      RunStressor(kCrossAffinityChurn, {}, Options(5)).proof,
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few to tell")));
}

TEST_P(CrossAffinityChurnTest, KeepsSiblingsOnTheCpusThatTheyWereGiven) {
  const RunOptions options = Options(kPasses);
  // Workers inherit it.
  ASSERT_THAT(SetAffinity(0, CpuSet({options.cpus.First()})), IsOk());
  const StressorResult result = RunStressor(kCrossAffinityChurn, {}, options);
  ASSERT_THAT(SetAffinity(0, options.cpus), IsOk());
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.cpus_used.Count(), Eq(1));
  }
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kUnimplemented,
                                     HasSubstr("one CPU only")));
}

TEST_P(CrossAffinityChurnTest, NotPinningFailsTheProof) {
  const StressorResult result = RunStressor(
      Broken<kCrossAffinityChurn, OnlySpin>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("pinned siblings only 0")));
}

void ForgetMigrations(WorkerResult& worker) {
  worker.migrations = 0;
  worker.counters.migrations = 0;
}

TEST_P(CrossAffinityChurnTest, CallsThatMigrateNobodyFailTheProof) {
  const StressorResult result = RunStressor(
      Tampered<kCrossAffinityChurn, ForgetMigrations>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("migrated only 0")));
}

TEST(CrossAffinityChurnParamsTest, RefusesOneSibling) {
  EXPECT_THAT(kCrossAffinityChurn.Make({{"siblings", "1"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
