// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/proof.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;

// Holds for groups with passes; cannot judge those with a hundred.
class Judge final : public Stressor {
 public:
  absl::Status Run(Worker&) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    EXPECT_THAT(group.workers.size(), Eq(2u));
    EXPECT_THAT(group.workers[0].group, Eq(group.group));
    EXPECT_THAT(group.run_ns, Eq(12345));
    const uint64_t passes = group.Iterations();
    if (passes == 0) return absl::FailedPreconditionError("no pass");
    if (passes == 100) return absl::UnimplementedError("cannot tell");
    return absl::StrCat(passes, " passes of ", group.all_workers.size(), " on ",
                        group.cpus);
  }
};

// Groups of two workers that finished, with these passes each.
StressorResult ResultOf(const std::vector<uint64_t>& passes_of_groups) {
  StressorResult result;
  result.group_size = 2;
  result.run_ns = 12345;
  for (const uint64_t passes : passes_of_groups) {
    for (uint32_t position = 0; position < 2; ++position) {
      WorkerResult worker;
      worker.index = static_cast<uint32_t>(result.workers.size());
      worker.group = worker.index / 2;
      worker.position = position;
      worker.end = WorkerEnd::kFinished;
      worker.iterations = position == 0 ? passes : 0;
      result.workers.push_back(worker);
    }
  }
  return result;
}

TEST(ProofTest, IsTheLineOfTheOnlyGroup) {
  EXPECT_THAT(JudgeProof(Judge(), ResultOf({7}), 3),
              IsOkAndHolds(Eq("7 passes of 2 on 3")));
}

TEST(ProofTest, CountsTheGroupsThatAgree) {
  EXPECT_THAT(JudgeProof(Judge(), ResultOf({7, 8}), 3),
              IsOkAndHolds(Eq("7 passes of 4 on 3 (and 1 more group)")));
  EXPECT_THAT(JudgeProof(Judge(), ResultOf({7, 8, 9}), 3),
              IsOkAndHolds(Eq("7 passes of 6 on 3 (and 2 more groups)")));
}

TEST(ProofTest, FailsWithTheFirstGroupThatDoes) {
  EXPECT_THAT(JudgeProof(Judge(), ResultOf({0}), 3),
              StatusIs(absl::StatusCode::kFailedPrecondition, Eq("no pass")));
  EXPECT_THAT(
      JudgeProof(Judge(), ResultOf({7, 0, 0}), 3),
      StatusIs(absl::StatusCode::kFailedPrecondition, Eq("group 1: no pass")));
}

TEST(ProofTest, IsUnknownWhereAGroupCannotBeJudged) {
  EXPECT_THAT(
      JudgeProof(Judge(), ResultOf({7, 100}), 3),
      StatusIs(absl::StatusCode::kUnimplemented, Eq("group 1: cannot tell")));
}

TEST(ProofTest, FailureGoesBeforeWhatCannotBeJudged) {
  EXPECT_THAT(
      JudgeProof(Judge(), ResultOf({100, 0}), 3),
      StatusIs(absl::StatusCode::kFailedPrecondition, Eq("group 1: no pass")));
}

TEST(ProofTest, NeedsAllWorkers) {
  for (const WorkerEnd end :
       {WorkerEnd::kNeverStarted, WorkerEnd::kFailed, WorkerEnd::kDied,
        WorkerEnd::kTimedOut, WorkerEnd::kKilled}) {
    StressorResult result = ResultOf({7, 8});
    result.workers[3].end = end;
    EXPECT_THAT(JudgeProof(Judge(), result, 3),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         Eq("not judged: worker 3 did not finish")));
  }
}

}  // namespace
}  // namespace ktstr
