// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/preempt_storm/preempt_storm.h"

#include "absl/status/status.h"
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

using ::testing::Eq;
using ::testing::HasSubstr;

// Of cfs: a hundred wake-ups of rt long.
constexpr uint64_t kPasses = 2000;
const ParamText kFastSleep = {"rt_sleep", "100us"};

class PreemptStormTest : public testing::TestWithParam<WorkerMode> {
 protected:
  // Skips the test where nothing can be real-time.
  void SetUp() override {
    const absl::Status can = RunStressor(kPreemptStorm, {}, BoundedBy(1)).setup;
    if (absl::IsUnimplemented(can)) GTEST_SKIP() << can;
  }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, PreemptStormTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(PreemptStormTest, WakeUpsPreempt) {
  const StressorResult result =
      RunStressor(kPreemptStorm, {kFastSleep}, Options(kPasses));
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("cfs lost its CPU")));
  EXPECT_THAT(result.workers[0].Find(Metric::kSleepOvershoot)->count(),
              Eq(kPasses));
}

TEST_P(PreemptStormTest, SeveralGroupsShareTheCpu) {
  RunOptions options = Options(kPasses);
  options.workers = 4;
  EXPECT_THAT(
      RunStressor(kPreemptStorm, {kFastSleep, {"cfs_workers", "1"}}, options)
          .proof,
      IsOkAndHolds(HasSubstr("and 1 more group")));
}

TEST_P(PreemptStormTest, ProofFailsForABodyThatIsNotRealTime) {
  const StressorResult result =
      RunStressor(Broken<kPreemptStorm, OnlySpin>(), {}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("rt was to be fifo:1")));
}

void NeverPreempted(WorkerResult& worker) {
  worker.counters.involuntary_switches = 0;
}

TEST_P(PreemptStormTest, ProofFailsWhereNobodyWasPreempted) {
  const StressorResult result =
      RunStressor(Tampered<kPreemptStorm, NeverPreempted>(), {kFastSleep},
                  Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("lost its CPU only 0 times")));
}

void NeverSlept(WorkerResult& worker) {
  worker.counters.voluntary_switches = 0;
}

TEST_P(PreemptStormTest, ProofFailsWhereRealTimeNeverSlept) {
  const StressorResult result = RunStressor(
      Tampered<kPreemptStorm, NeverSlept>(), {kFastSleep}, Options(kPasses));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("rt slept only 0 times")));
}

TEST_P(PreemptStormTest, FewWakeUpsCannotTell) {
  EXPECT_THAT(RunStressor(kPreemptStorm, {}, Options(10)).proof,
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("only")));
}

TEST_P(PreemptStormTest, OneCpuMachineIsASkip) {
  RunOptions options = Options(kPasses);
  options.machine_cpus = CpuSet({options.cpus.First()});
  options.cpus = options.machine_cpus;
  EXPECT_THAT(RunStressor(kPreemptStorm, {}, options).setup,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("needs a second CPU")));
}

TEST(PreemptStormParamsTest, RefusesNoSleep) {
  EXPECT_THAT(kPreemptStorm.Make({{"rt_sleep", "0s"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
