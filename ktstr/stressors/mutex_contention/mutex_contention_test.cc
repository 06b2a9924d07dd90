// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/mutex_contention/mutex_contention.h"

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

TEST(MutexContentionTest, ContendersExcludeEachOther) {
  // More held than not: on any number of CPUs somebody sleeps for it.
  const StressorResult result = RunStressor(
      kMutexContention, {{"hold_iters", "4096"}, {"work_iters", "16"}},
      BoundedBy(2000));
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("8000 acquisitions")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kAcquireTime)->count(), Eq(2000));
  }
}

TEST(MutexContentionTest, OneContenderCannotContend) {
  RunOptions options = BoundedBy(100);
  options.workers = 1;
  EXPECT_THAT(
      RunStressor(kMutexContention, {{"contenders", "1"}}, options).proof,
      StatusIs(absl::StatusCode::kUnimplemented,
               HasSubstr("nobody to contend with")));
}

TEST(MutexContentionTest, PassesWithoutTheLockFailTheProof) {
  const StressorResult result =
      RunStressor(Broken<kMutexContention, OnlySpin>(), {}, BoundedBy(100));
  EXPECT_THAT(result.proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("counter under the lock says 0")));
}

TEST(MutexContentionTest, NobodyAsleepFailsTheProof) {
  absl::StatusOr<MadeStressor> made = kMutexContention.Make();
  ASSERT_THAT(made, IsOk());
  Preparation preparation(1, 4, *CpuSet::Parse("0-1"));
  ASSERT_THAT(made->stressor->Prepare(preparation), IsOk());
  // A run as it would look if a lock had never been contended for long: the
  // sums agree because nothing was counted on either side.
  std::vector<WorkerResult> workers(4);
  GroupResult group;
  group.workers = workers;
  group.run_ns = 1'000'000'000;
  EXPECT_THAT(made->stressor->Verify(group),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace ktstr
