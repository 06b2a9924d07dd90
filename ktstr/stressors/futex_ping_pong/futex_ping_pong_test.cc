// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/futex_ping_pong/futex_ping_pong.h"

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Gt;
using ::testing::HasSubstr;

constexpr uint64_t kTurns = 1000;

TEST(FutexPingPongTest, PartnersAlternate) {
  const StressorResult result =
      RunStressor(kFutexPingPong, {}, BoundedBy(kTurns));
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("switches per turn")));
  EXPECT_THAT(result.workers, Each(Field(&WorkerResult::iterations, kTurns)));
}

TEST(FutexPingPongTest, EveryTurnIsAccountedFor) {
  const StressorResult result =
      RunStressor(kFutexPingPong, {}, BoundedBy(kTurns));
  for (const WorkerResult& worker : result.workers) {
    // Position 0 has the first turn without being woken.
    const uint64_t first = worker.position == 0 ? 1 : 0;
    EXPECT_THAT(worker.wakes_received + worker.wakes_ready, Eq(kTurns - first));
    EXPECT_THAT(worker.wakes_missed, Eq(0));
    EXPECT_THAT(worker.wakes_sent, Eq(kTurns));
  }
}

TEST(FutexPingPongTest, LatencyIsLocalOnOneCpu) {
  RunOptions options = BoundedBy(kTurns);
  CpuSet one;
  one.Add(options.cpus.First());
  options.cpus = one;
  options.cpus_given = true;
  options.workers = 2;
  const StressorResult result = RunStressor(kFutexPingPong, {}, options);
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kWakeLatencyLocal)->count(), Gt(0));
    EXPECT_THAT(worker.Find(Metric::kWakeLatencyRemote)->count(), Eq(0));
  }
}

TEST(FutexPingPongTest, AFewTurnsCannotTell) {
  const absl::StatusOr<MadeStressor> made = kFutexPingPong.Make();
  ASSERT_THAT(made, IsOk());
  std::vector<WorkerResult> peers(2);
  for (WorkerResult& peer : peers) {
    peer.iterations = 1;
    peer.counters.usage_known = true;
  }
  GroupResult group;
  group.workers = peers;
  EXPECT_THAT(made->stressor->Verify(group),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("2 turns are too few")));
}

TEST(FutexPingPongTest, RefusesNegativeSpins) {
  EXPECT_THAT(kFutexPingPong.Make({{"spin_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(FutexPingPongTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kFutexPingPong, OnlySpin>(), {}, BoundedBy(10'000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("context switches")));
}

}  // namespace
}  // namespace ktstr
