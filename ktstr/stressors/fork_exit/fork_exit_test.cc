// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/fork_exit/fork_exit.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kForks = 100;

void ExpectChildren(WorkerMode mode) {
  RunOptions options = BoundedBy(kForks);
  options.mode = mode;
  options.workers = 4;
  const StressorResult result = RunStressor(kForkExit, {}, options);
  // 100 of each worker: none was taken by another.
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("100 children exited")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kForkTime)->count(), Eq(kForks));
    EXPECT_THAT(worker.call_failures, IsEmpty());
  }
  EXPECT_THAT(ChildrenOfThisProcess(), IsEmpty());
}

TEST(ForkExitTest, ProcessesReapTheirChildren) {
  ExpectChildren(WorkerMode::kFork);
}

TEST(ForkExitTest, ThreadsReapTheirOwnChildren) {
  ExpectChildren(WorkerMode::kThread);
}

TEST(ForkExitTest, NotForkingFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Broken<kForkExit, OnlySpin>(), {}, BoundedBy(kForks)).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("saw only 0 children exit")));
}

}  // namespace
}  // namespace ktstr
