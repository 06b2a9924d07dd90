// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/cache_pipe/cache_pipe.h"

#include <cstdint>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::HasSubstr;

constexpr uint64_t kTurns = 1000;

TEST(CachePipeTest, PartnersTakeTurns) {
  for (WorkerMode mode : {WorkerMode::kFork, WorkerMode::kThread}) {
    RunOptions options = BoundedBy(kTurns);
    options.mode = mode;
    const StressorResult result = RunStressor(kCachePipe, {}, options);
    EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("switches per turn")));
    EXPECT_THAT(result.workers, Each(Field(&WorkerResult::iterations, kTurns)));
  }
}

TEST(CachePipeTest, EveryTurnIsAccountedFor) {
  const StressorResult result = RunStressor(kCachePipe, {}, BoundedBy(kTurns));
  for (const WorkerResult& worker : result.workers) {
    // Position 0 has the first turn without being woken.
    const uint64_t first = worker.position == 0 ? 1 : 0;
    EXPECT_THAT(worker.wakes_received + worker.wakes_ready, Eq(kTurns - first));
    EXPECT_THAT(worker.wakes_missed, Eq(0));
  }
}

TEST(CachePipeTest, TurnsGoOnWhereTheLastOneStopped) {
  // 8 turns of 1024 lines are 512 KiB, of which no turn alone touches more
  // than an eighth: each page of it is faulted in.
  const StressorResult result =
      RunStressor(kCachePipe, {{"size", "512K"}}, BoundedBy(8));
  // Faults come in blocks of up to 64 KiB where the kernel maps around them.
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.counters.minor_faults, Ge(8));
  }
}

TEST(CachePipeTest, SpinningInsteadFailsTheProof) {
  const StressorResult result =
      RunStressor(Broken<kCachePipe, OnlySpin>(), {}, BoundedBy(10'000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("context switches")));
}

TEST(CachePipeTest, AFewTurnsCannotTell) {
  const StressorResult result =
      RunStressor(Broken<kCachePipe, OnlySpin>(), {}, BoundedBy(2));
  EXPECT_THAT(result.proof,
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few")));
}

TEST(CachePipeTest, RefusesMemoryOfLessThanALine) {
  EXPECT_THAT(kCachePipe.Make({{"size", "63"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange,
                       HasSubstr("64 .. 1G (default 32K)")));
  EXPECT_THAT(kCachePipe.Make({{"size", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
