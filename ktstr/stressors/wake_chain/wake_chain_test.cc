// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/wake_chain/wake_chain.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::TestParamInfo;
using ::testing::TestWithParam;
using ::testing::Values;

constexpr uint64_t kHops = 300;

class WakeChainTest : public TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(AllWakes, WakeChainTest,
                         Values("pipe", "futex", "futex_handoff", "eventfd"),
                         [](const TestParamInfo<const char*>& param) {
                           return std::string(param.param);
                         });

TEST_P(WakeChainTest, TokenGoesRound) {
  const StressorResult result =
      RunStressor(kWakeChain, {{"wake", GetParam()}, {"work_per_hop", "10us"}},
                  BoundedBy(kHops));
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("300 to 300 hops")));
  EXPECT_THAT(result.workers, Each(Field(&WorkerResult::iterations, kHops)));
}

TEST_P(WakeChainTest, EveryWakeUpIsAccountedFor) {
  const StressorResult result =
      RunStressor(kWakeChain, {{"wake", GetParam()}, {"work_per_hop", "10us"}},
                  BoundedBy(kHops));
  for (const WorkerResult& stage : result.workers) {
    // Stage 0 has the token at first and is not woken for its first hop.
    const uint64_t first = stage.position == 0 ? 1 : 0;
    EXPECT_THAT(stage.wakes_received + stage.wakes_ready, Eq(kHops - first));
    EXPECT_THAT(stage.wakes_missed, Eq(0));
    EXPECT_THAT(stage.Find(Metric::kWakeLatencyLocal)->count() +
                    stage.Find(Metric::kWakeLatencyRemote)->count(),
                Eq(stage.wakes_received));
  }
}

TEST_P(WakeChainTest, OnlyTheFirstStageTimesLaps) {
  const StressorResult result =
      RunStressor(kWakeChain, {{"wake", GetParam()}, {"work_per_hop", "0s"}},
                  BoundedBy(kHops));
  for (const WorkerResult& stage : result.workers) {
    EXPECT_THAT(stage.Find(Metric::kRoundTrip)->count(),
                Eq(stage.position == 0 ? kHops - 1 : 0));
  }
}

TEST(WakeChainParamsTest, RefusesASingleStage) {
  EXPECT_THAT(kWakeChain.Make({{"depth", "1"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("2 .. 4096 (default 4)")));
}

TEST(WakeChainParamsTest, RefusesAWorkWithoutUnit) {
  EXPECT_THAT(kWakeChain.Make({{"work_per_hop", "100"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(WakeChainParamsTest, NamesTheNearestWakeKind) {
  EXPECT_THAT(kWakeChain.Make({{"wake", "futx"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("did you mean 'futex'?")));
}

TEST(WakeChainProofTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kWakeChain, OnlySpin>(), {}, BoundedBy(10'000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("context switches")));
}

TEST(WakeChainProofTest, AFewHopsCannotTell) {
  const absl::StatusOr<MadeStressor> made = kWakeChain.Make();
  ASSERT_THAT(made, IsOk());
  std::vector<WorkerResult> stages(4);
  for (WorkerResult& stage : stages) {
    stage.iterations = 1;
    stage.counters.usage_known = true;
  }
  GroupResult group;
  group.workers = stages;
  EXPECT_THAT(
      made->stressor->Verify(group),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few to tell")));
}

absl::Status OnlyTheFirstStageHops(Worker& worker) {
  if (worker.position() != 0) return absl::OkStatus();
  return OnlySpin(worker);
}

TEST(WakeChainProofTest, ATokenThatStaysFailsTheProof) {
  const StressorResult result = RunStressor(
      Broken<kWakeChain, OnlyTheFirstStageHops>(), {}, BoundedBy(100));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("did not go round")));
}

}  // namespace
}  // namespace ktstr
