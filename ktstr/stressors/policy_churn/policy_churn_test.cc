// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/policy_churn/policy_churn.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/sched/try_sched.h"
#include "ktstr/base/user/user.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/lone_body.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kPasses = 200;
constexpr uint32_t kNobody = 65534;
constexpr SchedSpec kBatch = {.policy = SchedPolicy::kBatch};
constexpr SchedSpec kFifo = {.policy = SchedPolicy::kFifo, .priority = 1};

class PolicyChurnTest : public testing::TestWithParam<WorkerMode> {
 protected:
  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, PolicyChurnTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(PolicyChurnTest, TakesFairPolicies) {
  const StressorResult result = RunStressor(kPolicyChurn, {}, Options(kPasses));
  EXPECT_THAT(
      result.proof,
      IsOkAndHolds(HasSubstr("200 changes, each read back: normal, batch")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kYieldTime)->count(), Eq(kPasses));
    EXPECT_THAT(worker.call_failures, IsEmpty());
  }
}

TEST_P(PolicyChurnTest, TakesRealTimePolicies) {
  if (!TrySched(kFifo).ok()) GTEST_SKIP() << TrySched(kFifo);
  EXPECT_THAT(RunStressor(kPolicyChurn, {}, Options(kPasses)).proof,
              IsOkAndHolds(HasSubstr("idle, fifo:1, rr:1")));
}

TEST_P(PolicyChurnTest, OneCpuHasNoRoomForRealTime) {
  RunOptions options = Options(kPasses);
  options.machine_cpus = CpuSet({options.cpus.First()});
  options.cpus = options.machine_cpus;
  options.cpus_given = true;
  EXPECT_THAT(RunStressor(kPolicyChurn, {}, options).proof,
              IsOkAndHolds(HasSubstr("fifo:1 (needs a second CPU)")));
}

// Without privilege idle is a trap, and real-time is refused.
TEST_P(PolicyChurnTest, ListsWhatIsRefused) {
  if (GetParam() == WorkerMode::kThread) GTEST_SKIP() << "of processes";
  RunOptions options = Options(kPasses);
  options.placement.user = UserIds{.uid = kNobody, .gid = kNobody};
  const StressorResult result = RunStressor(kPolicyChurn, {}, options);
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.call_failures, IsEmpty());
    if (!worker.settings.empty() && !worker.settings.back().applied) {
      GTEST_SKIP() << "cannot become another user";
    }
  }
  EXPECT_THAT(result.proof, IsOkAndHolds(AllOf(HasSubstr("idle (EPERM)"),
                                               HasSubstr("fifo:1 (EPERM)"))));
}

TEST_P(PolicyChurnTest, FewPassesCannotTell) {
  EXPECT_THAT(RunStressor(kPolicyChurn, {}, Options(10)).proof,
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few")));
}

TEST_P(PolicyChurnTest, NotChangingFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kPolicyChurn, OnlySpin>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("changed the policy 0 times")));
}

TEST(PolicyChurnBodyTest, LeavesTheThreadItsPolicy) {
  RunBodyBetween(
      kPolicyChurn, kPasses, [] { ASSERT_THAT(SetSched(0, kBatch), IsOk()); },
      [] { EXPECT_TRUE(GetSched(0)->spec == kBatch); });
}

TEST(PolicyChurnParamsTest, RefusesNegativeSpins) {
  EXPECT_THAT(kPolicyChurn.Make({{"spin_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
