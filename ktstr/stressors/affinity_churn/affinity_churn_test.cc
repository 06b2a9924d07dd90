// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/affinity_churn/affinity_churn.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/lone_body.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/tampered_stressor.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 200;

class AffinityChurnTest : public testing::TestWithParam<WorkerMode> {
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

INSTANTIATE_TEST_SUITE_P(Modes, AffinityChurnTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(AffinityChurnTest, CallsMigrate) {
  const StressorResult result =
      RunStressor(kAffinityChurn, {}, Options(kPasses));
  EXPECT_THAT(result.proof,
              IsOkAndHolds(HasSubstr("of 200 calls named another CPU")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kYieldTime)->count(), Eq(kPasses));
    EXPECT_THAT(worker.cpus_used.Count(), Ge(2));
  }
}

TEST_P(AffinityChurnTest, FewCallsCannotTell) {
  EXPECT_THAT(
      RunStressor(kAffinityChurn, {}, Options(10)).proof,
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few to tell")));
}

TEST_P(AffinityChurnTest, StaysOnTheCpuThatItWasGiven) {
  const RunOptions options = Options(kPasses);
  // Workers inherit it.
  ASSERT_THAT(SetAffinity(0, CpuSet({options.cpus.First()})), IsOk());
  const StressorResult result = RunStressor(kAffinityChurn, {}, options);
  ASSERT_THAT(SetAffinity(0, options.cpus), IsOk());
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.cpus_used.Count(), Eq(1));
  }
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kUnimplemented,
                                     HasSubstr("nowhere to move to")));
}

TEST_P(AffinityChurnTest, OneCpuIsASkip) {
  RunOptions options = Options(kPasses);
  options.cpus = CpuSet({options.cpus.First()});
  options.cpus_given = true;
  EXPECT_THAT(
      RunStressor(kAffinityChurn, {}, options).setup,
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("needs 2 CPUs")));
}

TEST_P(AffinityChurnTest, NotPinningFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kAffinityChurn, OnlySpin>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("pinned it 0 times")));
}

void ForgetMigrations(WorkerResult& worker) {
  worker.migrations = 0;
  worker.counters.migrations = 0;
}

TEST_P(AffinityChurnTest, CallsThatMigrateNobodyFailTheProof) {
  const StressorResult result = RunStressor(
      Tampered<kAffinityChurn, ForgetMigrations>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("migrated only 0 times")));
}

TEST(AffinityChurnBodyTest, LeavesTheThreadItsCpus) {
  const CpuSet cpus = *GetAffinity(0);
  if (cpus.Count() < 2) GTEST_SKIP() << "needs 2 CPUs";
  RunBodyBetween(
      kAffinityChurn, kPasses, [] {},
      [&] { EXPECT_TRUE(*GetAffinity(0) == cpus); });
}

TEST(AffinityChurnParamsTest, RefusesNegativeSpins) {
  EXPECT_THAT(kAffinityChurn.Make({{"spin_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
