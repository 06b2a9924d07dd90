// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/nice_sweep/nice_sweep.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/user/user.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/lone_body.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 100;
constexpr uint32_t kNobody = 65534;
constexpr int kNice = 3;

class NiceSweepTest : public testing::TestWithParam<WorkerMode> {
 protected:
  // Skips the test where nice cannot be lowered at all.
  void SetUp() override {
    const absl::Status can = RunStressor(kNiceSweep, {}, BoundedBy(1)).setup;
    if (absl::IsUnimplemented(can)) GTEST_SKIP() << can;
  }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, NiceSweepTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(NiceSweepTest, VisitsAllValues) {
  const StressorResult result = RunStressor(kNiceSweep, {}, Options(kPasses));
  EXPECT_THAT(result.proof,
              IsOkAndHolds(HasSubstr(" .. 19 in 100 changes, each read back")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kYieldTime)->count(), Eq(kPasses));
  }
}

TEST_P(NiceSweepTest, BeginsAnywhere) {
  RunOptions options = Options(kPasses);
  options.placement.nice = 19;
  EXPECT_THAT(RunStressor(kNiceSweep, {}, options).proof, IsOk());
}

TEST_P(NiceSweepTest, FewPassesCannotTell) {
  EXPECT_THAT(RunStressor(kNiceSweep, {}, Options(39)).proof,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("too few for all values")));
}

TEST_P(NiceSweepTest, NotChangingFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kNiceSweep, OnlySpin>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("visited 0 values")));
}

// Without privilege nice only goes up: it must not end up at 19.
TEST_P(NiceSweepTest, WhoCannotComeBackDoesNotBegin) {
  if (GetParam() == WorkerMode::kThread) GTEST_SKIP() << "of processes";
  RunOptions options = Options(kPasses);
  options.placement.user = UserIds{.uid = kNobody, .gid = kNobody};
  const StressorResult result = RunStressor(kNiceSweep, {}, options);
  if (result.proof.ok()) GTEST_SKIP() << "RLIMIT_NICE allows it to everybody";
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kUnimplemented,
                                     HasSubstr("only goes up")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.iterations, Eq(kPasses));
    EXPECT_THAT(worker.call_failures, testing::IsEmpty());
  }
}

TEST_P(NiceSweepTest, LeavesTheThreadItsNice) {
  RunBodyBetween(
      kNiceSweep, kPasses, [] { ASSERT_THAT(SetNice(0, kNice), IsOk()); },
      [] { EXPECT_THAT(GetNice(0), IsOkAndHolds(kNice)); });
}

TEST(NiceSweepParamsTest, RefusesNegativeSpins) {
  EXPECT_THAT(kNiceSweep.Make({{"spin_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
