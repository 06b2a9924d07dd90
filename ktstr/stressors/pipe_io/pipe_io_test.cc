// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/pipe_io/pipe_io.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stats/snapshot.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::TestParamInfo;
using ::testing::TestWithParam;
using ::testing::Values;

constexpr uint64_t kTurns = 1000;

class PipeIoTest : public TestWithParam<WorkerMode> {
 protected:
  static RunOptions Options() {
    RunOptions options = BoundedBy(kTurns);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(BothModes, PipeIoTest,
                         Values(WorkerMode::kFork, WorkerMode::kThread),
                         [](const TestParamInfo<WorkerMode>& mode) {
                           return mode.param == WorkerMode::kFork ? "fork"
                                                                  : "thread";
                         });

TEST_P(PipeIoTest, PartnersTakeTurns) {
  const StressorResult result = RunStressor(kPipeIo, {}, Options());
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("switches per turn")));
  EXPECT_THAT(result.workers, Each(Field(&WorkerResult::iterations, kTurns)));
  EXPECT_THAT(result.workers,
              Each(Field(&WorkerResult::call_failures, IsEmpty())));
}

TEST_P(PipeIoTest, TurnsWithoutABurstTakeTurnsToo) {
  EXPECT_THAT(RunStressor(kPipeIo, {{"burst_iters", "0"}}, Options()).proof,
              IsOk());
}

TEST_P(PipeIoTest, EveryTurnIsAccountedFor) {
  const StressorResult result = RunStressor(kPipeIo, {}, Options());
  for (const WorkerResult& worker : result.workers) {
    // Position 0 has the first turn without being woken.
    const uint64_t first = worker.position == 0 ? 1 : 0;
    EXPECT_THAT(worker.wakes_received + worker.wakes_ready, Eq(kTurns - first));
    EXPECT_THAT(worker.wakes_missed, Eq(0));
    EXPECT_THAT(worker.wakes_sent, Eq(kTurns));
  }
}

TEST(PipeIoLatencyTest, LeavesThePartnersBurstOut) {
  // A burst of milliseconds on one CPU: who waits is blocked for as long, and
  // then woken in a fraction of it.
  RunOptions options = BoundedBy(20);
  const uint32_t cpu = options.cpus.First();
  options.cpus = CpuSet();
  options.cpus.Add(cpu);
  options.cpus_given = true;
  options.workers = 2;
  const StressorResult result =
      RunStressor(kPipeIo, {{"burst_iters", "200000"}}, options);
  for (const WorkerResult& worker : result.workers) {
    const HistogramSnapshot& latency = *worker.Find(Metric::kWakeLatencyLocal);
    EXPECT_THAT(latency.count(), Gt(0));
    EXPECT_THAT(worker.Find(Metric::kWakeLatencyRemote)->count(), Eq(0));
    EXPECT_LT(latency.min(), worker.Find(Metric::kBlockedTime)->max() / 4);
  }
}

TEST(PipeIoProofTest, SpinningInsteadFailsIt) {
  const StressorResult result =
      RunStressor(Broken<kPipeIo, OnlySpin>(), {}, BoundedBy(10'000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("context switches")));
}

// Sleeps as often as the real one, but alone.
absl::Status OnlyTheFirstOne(Worker& worker) {
  while (worker.NextIteration() && worker.position() == 0) {
    if (!worker.SleepFor(absl::Microseconds(1))) break;
  }
  return absl::OkStatus();
}

TEST(PipeIoProofTest, OnePartnerAloneFailsIt) {
  const StressorResult result =
      RunStressor(Broken<kPipeIo, OnlyTheFirstOne>(), {}, BoundedBy(100));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("did not take turns")));
}

TEST(PipeIoParamsTest, RefusesBurstsThatAreNone) {
  EXPECT_THAT(kPipeIo.Make({{"burst_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(kPipeIo.Make({{"burst_iters", "16777217"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
