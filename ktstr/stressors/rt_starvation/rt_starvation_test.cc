// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/rt_starvation/rt_starvation.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/tampered_stressor.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;

// Together 100 ms, which is more than throttling or the fair server leave to
// fair workers in a second: they are not through before the others.
constexpr uint64_t kPasses = 1000;
const ParamText kBurst = {"burst_iters", "4096"};

class RtStarvationTest : public testing::TestWithParam<WorkerMode> {
 protected:
  // Skips the test where nothing can be real-time.
  void SetUp() override {
    const absl::Status can = RunStressor(kRtStarvation, {}, BoundedBy(1)).setup;
    if (absl::IsUnimplemented(can)) GTEST_SKIP() << can;
  }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, RtStarvationTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(RtStarvationTest, FairWorkersWait) {
  const StressorResult result =
      RunStressor(kRtStarvation, {kBurst}, Options(kPasses));
  EXPECT_THAT(result.proof, IsOkAndHolds(AllOf(HasSubstr("rt (fifo:50 on CPU"),
                                               HasSubstr("longest gap"))));
  // Of cfs: as long as the passes of rt, of which each is a gap.
  EXPECT_THAT(result.workers[1].max_gap_ns,
              Ge(result.workers[0].Find(Metric::kGap)->min() * 100));
}

// Starved from the first pass to the stop, that one counts.
TEST_P(RtStarvationTest, EveryFairWorkerBegins) {
  RunOptions options = Options(0);
  options.duration = absl::Milliseconds(20);
  const StressorResult result =
      RunStressor(kRtStarvation, {{"cfs_workers", "5"}}, options);
  if (result.workers[0].iterations < 2) GTEST_SKIP() << "it did not begin";
  for (size_t i = 1; i < result.workers.size(); ++i) {
    EXPECT_THAT(result.workers[i].iterations, Ge(1));
  }
}

TEST_P(RtStarvationTest, AllRealTimeWorkersTakeTurns) {
  const std::vector<ParamText> params = {
      {"rt_workers", "3"}, {"cfs_workers", "2"}, {"rt_priority", "10"}, kBurst};
  EXPECT_THAT(RunStressor(kRtStarvation, params, Options(kPasses)).proof,
              IsOkAndHolds(HasSubstr("fifo:10")));
}

TEST_P(RtStarvationTest, SeveralGroupsShareTheCpu) {
  RunOptions options = Options(kPasses);
  options.workers = 6;
  EXPECT_THAT(RunStressor(kRtStarvation, {kBurst}, options).proof,
              IsOkAndHolds(HasSubstr("and 2 more groups")));
}

TEST_P(RtStarvationTest, ProofFailsForFairRealTimeWorkers) {
  const StressorResult result =
      RunStressor(Broken<kRtStarvation, OnlySpin>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("rt was to be fifo:50")));
}

void NeverWaited(WorkerResult& worker) { worker.counters.run_delay_ns = 0; }

TEST_P(RtStarvationTest, ProofFailsWhereNobodyWaited) {
  const StressorResult result = RunStressor(
      Tampered<kRtStarvation, NeverWaited>(), {kBurst}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("waited for it only 0 us")));
}

TEST_P(RtStarvationTest, FewPassesCannotTell) {
  EXPECT_THAT(RunStressor(kRtStarvation, {}, Options(10)).proof,
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few")));
}

TEST_P(RtStarvationTest, OneCpuMachineIsASkip) {
  RunOptions options = Options(kPasses);
  options.machine_cpus = CpuSet({options.cpus.First()});
  options.cpus = options.machine_cpus;
  EXPECT_THAT(RunStressor(kRtStarvation, {}, options).setup,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("needs a second CPU")));
}

TEST(RtStarvationParamsTest, LeavesTheSupervisorItsPriority) {
  EXPECT_THAT(kRtStarvation.Make({{"rt_priority", "99"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
