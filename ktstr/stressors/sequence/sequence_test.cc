// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/sequence/sequence.h"

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::HasSubstr;

constexpr uint64_t kPasses = 10;

void ExpectEveryPhase(WorkerMode mode) {
  RunOptions options = BoundedBy(kPasses);
  options.mode = mode;
  const StressorResult result = RunStressor(
      kSequence, {{"phases", "spin:1ms,sleep:1ms,yield:9ms,io:1ms,alu:1ms"}},
      options);
  ASSERT_THAT(result.setup, IsOk());
  if (absl::IsUnimplemented(result.proof.status())) {
    GTEST_SKIP() << result.proof.status();
  }
  EXPECT_THAT(
      result.proof,
      IsOkAndHolds(AllOf(
          HasSubstr("of spinning"), HasSubstr("of multiplying in"),
          HasSubstr("for 10 sleeps"), HasSubstr("switched to another task"),
          HasSubstr("bytes written"))));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kSleepOvershoot)->count(), Eq(kPasses));
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Gt(kPasses));
    EXPECT_THAT(worker.Find(Metric::kYieldTime)->count(), Gt(kPasses));
    EXPECT_THAT(worker.Find(Metric::kFlushTime)->count(), Gt(0));
  }
}

TEST(SequenceTest, ProcessesGoThroughEveryPhase) {
  ExpectEveryPhase(WorkerMode::kFork);
}

TEST(SequenceTest, ThreadsGoThroughEveryPhase) {
  ExpectEveryPhase(WorkerMode::kThread);
}

TEST(SequenceTest, StopsAmidALongPhaseOfEachKind) {
  RunOptions options = BoundedBy(0);
  options.duration = absl::Milliseconds(5);
  for (const char* phases :
       {"spin:1h", "sleep:1h", "yield:1h", "io:1h", "alu:1h"}) {
    const StressorResult result =
        RunStressor(kSequence, {{"phases", phases}}, options);
    ASSERT_THAT(result.setup, IsOk());
    EXPECT_THAT(result.stop_reason, Eq(StopReason::kDuration));
    for (const WorkerResult& worker : result.workers) {
      EXPECT_THAT(worker.end, Eq(WorkerEnd::kFinished)) << phases;
    }
  }
}

TEST(SequenceTest, APhaseThatTheRunDidNotReachCannotBeJudged) {
  RunOptions options = BoundedBy(0);
  options.duration = absl::Milliseconds(5);
  EXPECT_THAT(
      RunStressor(kSequence, {{"phases", "spin:1h,sleep:1ms"}}, options).proof,
      StatusIs(absl::StatusCode::kUnimplemented,
               HasSubstr("the run ended before it")));
}

TEST(SequenceTest, RefusesPhasesThatTakeNoTime) {
  EXPECT_THAT(kSequence.Make({{"phases", "spin:0s,sleep:0s"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no phase takes any time")));
  EXPECT_THAT(kSequence.Make({{"phases", "nap:1s"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(SequenceTest, OnlySpinningFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Broken<kSequence, OnlySpin>(), {}, BoundedBy(kPasses)).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("no such phase in them")));
}

}  // namespace
}  // namespace ktstr
