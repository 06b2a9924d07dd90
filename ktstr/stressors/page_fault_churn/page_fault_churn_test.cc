// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/page_fault_churn/page_fault_churn.h"

#include "absl/status/status.h"
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

using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

constexpr uint64_t kPasses = 50;

// 256 draws from 1024 pages are 226.5 different ones on average, with a
// standard deviation of 4.4.
void ExpectFaults(WorkerMode mode) {
  RunOptions options = BoundedBy(kPasses);
  options.mode = mode;
  const StressorResult result = RunStressor(kPageFaultChurn, {}, options);
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("pages touched")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.counters.minor_faults, Ge(kPasses * 200));
    // One for each page: none for a read before the write.
    EXPECT_THAT(worker.counters.minor_faults, Le(kPasses * 256 + 200));
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(kPasses));
  }
}

TEST(PageFaultChurnTest, ProcessesFaultForEachPage) {
  ExpectFaults(WorkerMode::kFork);
}

TEST(PageFaultChurnTest, ThreadsFaultForEachPage) {
  ExpectFaults(WorkerMode::kThread);
}

TEST(PageFaultChurnTest, ARegionOfOneByteIsAPage) {
  EXPECT_THAT(RunStressor(kPageFaultChurn, {{"region", "1"}, {"touches", "8"}},
                          BoundedBy(100))
                  .proof,
              IsOkAndHolds(HasSubstr("for 100 pages touched")));
}

TEST(PageFaultChurnTest, RefusesNothingToTouch) {
  for (const char* name : {"region", "touches"}) {
    EXPECT_THAT(kPageFaultChurn.Make({{name, "0"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
    EXPECT_THAT(kPageFaultChurn.Make({{name, "99999999999999"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
}

TEST(PageFaultChurnTest, TouchingNothingFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Broken<kPageFaultChurn, OnlySpin>(), {}, BoundedBy(kPasses))
          .proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("touched only 0 pages")));
}

}  // namespace
}  // namespace ktstr
