// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/signal_storm/signal_storm.h"

#include <signal.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::TestParamInfo;
using ::testing::TestWithParam;
using ::testing::Values;

constexpr uint64_t kPasses = 500;

class SignalStormTest : public TestWithParam<WorkerMode> {
 protected:
  static RunOptions Options(uint64_t passes) {
    RunOptions options = BoundedBy(passes);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(BothModes, SignalStormTest,
                         Values(WorkerMode::kFork, WorkerMode::kThread),
                         [](const TestParamInfo<WorkerMode>& mode) {
                           return mode.param == WorkerMode::kFork ? "fork"
                                                                  : "thread";
                         });

TEST_P(SignalStormTest, PartnersHandleEachOthersSignals) {
  const StressorResult result = RunStressor(kSignalStorm, {}, Options(kPasses));
  EXPECT_THAT(result.proof,
              IsOkAndHolds(HasSubstr("8000 and 8000 signals sent")));
  EXPECT_THAT(result.workers,
              Each(AllOf(Field(&WorkerResult::end, WorkerEnd::kFinished),
                         Field(&WorkerResult::iterations, kPasses),
                         Field(&WorkerResult::call_failures, IsEmpty()))));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.Find(Metric::kIterationCost)->count(), Eq(kPasses));
  }
}

TEST_P(SignalStormTest, OneSignalEachIsHandled) {
  // The partner stays until it has come, however little there is to do.
  const StressorResult result =
      RunStressor(kSignalStorm,
                  {{"signals_per_iter", "1"}, {"work_iters", "0"}}, Options(1));
  EXPECT_THAT(result.proof,
              IsOkAndHolds(HasSubstr("1 and 1 signals sent, 1 and 1 of them")));
}

TEST_P(SignalStormTest, StopsWithinALongBurst) {
  RunOptions options = Options(0);
  options.duration = absl::Milliseconds(20);
  const StressorResult result =
      RunStressor(kSignalStorm, {{"signals_per_iter", "1048576"}}, options);
  EXPECT_THAT(result.workers,
              Each(Field(&WorkerResult::end, WorkerEnd::kFinished)));
}

TEST_P(SignalStormTest, PutsTheHandlerBack) {
  struct sigaction mine = {};
  mine.sa_handler = [](int) {};
  struct sigaction old;
  ASSERT_THAT(sigaction(SIGUSR2, &mine, &old), Eq(0));
  RunStressor(kSignalStorm, {}, Options(10));
  struct sigaction after;
  ASSERT_THAT(sigaction(SIGUSR2, &old, &after), Eq(0));
  EXPECT_THAT(after.sa_handler, Eq(mine.sa_handler));
}

TEST(SignalStormHandlerTest, IsPutBackAfterTheLastOfTwo) {
  struct sigaction before;
  ASSERT_THAT(sigaction(SIGUSR2, nullptr, &before), Eq(0));
  absl::StatusOr<MadeStressor> first = kSignalStorm.Make();
  absl::StatusOr<MadeStressor> second = kSignalStorm.Make();
  Preparation preparation(1, 2, *GetAffinity(0));
  ASSERT_THAT(first->stressor->Prepare(preparation), IsOk());
  ASSERT_THAT(second->stressor->Prepare(preparation), IsOk());
  first->stressor.reset();
  second->stressor.reset();
  struct sigaction after;
  ASSERT_THAT(sigaction(SIGUSR2, nullptr, &after), Eq(0));
  EXPECT_THAT(after.sa_handler, Eq(before.sa_handler));
}

TEST(SignalStormProofTest, SpinningInsteadFailsIt) {
  const StressorResult result =
      RunStressor(Broken<kSignalStorm, OnlySpin>(), {}, BoundedBy(1000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("0 and 0 signals sent")));
}

TEST(SignalStormProofTest, AFewPassesCannotTell) {
  const StressorResult result =
      RunStressor(Broken<kSignalStorm, OnlySpin>(), {}, BoundedBy(10));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kUnimplemented,
                                     HasSubstr("10 passes are too few")));
}

// What the partner does not expect: signals from elsewhere.
absl::Status RaiseInstead(Worker& worker) {
  while (worker.NextIteration()) raise(SIGUSR2);
  return absl::OkStatus();
}

TEST(SignalStormProofTest, OnesOwnSignalsFailIt) {
  const StressorResult result =
      RunStressor(Broken<kSignalStorm, RaiseInstead>(), {}, BoundedBy(1000));
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kFailedPrecondition,
                                     HasSubstr("0 and 0 signals sent")));
}

TEST(SignalStormParamsTest, RefusesNoSignals) {
  EXPECT_THAT(kSignalStorm.Make({{"signals_per_iter", "0"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(kSignalStorm.Make({{"work_iters", "-1"}}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
