// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/epoll_storm/epoll_storm.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/params.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/tampered_stressor.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Ne;

constexpr uint64_t kPasses = 100;

std::vector<ParamText> Params(int producers, int consumers, int events) {
  return {{"producers", std::to_string(producers)},
          {"consumers", std::to_string(consumers)},
          {"events_per_burst", std::to_string(events)}};
}

class EpollStormTest : public testing::TestWithParam<WorkerMode> {
 protected:
  static RunOptions Options() {
    RunOptions options = BoundedBy(kPasses);
    options.mode = GetParam();
    return options;
  }

  static void ExpectAllThrough(const StressorResult& result) {
    EXPECT_THAT(result.stop_reason, Eq(StopReason::kIterations));
    EXPECT_THAT(result.workers,
                Each(Field(&WorkerResult::iterations, kPasses)));
    EXPECT_THAT(result.proof.status().code(),
                Ne(absl::StatusCode::kFailedPrecondition));
  }

  static void ExpectProof(const StressorResult& result) {
    ExpectAllThrough(result);
    EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("each read once")));
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, EpollStormTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(EpollStormTest, ConsumersShareTheBursts) {
  const StressorResult result = RunStressor(kEpollStorm, {}, Options());
  ExpectProof(result);
  EXPECT_THAT(result.workers[0].wakes_sent, Ge(kPasses));
}

TEST_P(EpollStormTest, NoConsumerIsForgottenOnOneCpu) {
  RunOptions options = Options();
  options.cpus = CpuSet({options.cpus.First()});
  options.cpus_given = true;
  ExpectProof(RunStressor(kEpollStorm, Params(1, 4, 32), options));
}

TEST_P(EpollStormTest, ManyProducersAndConsumersEndTogether) {
  ExpectAllThrough(RunStressor(kEpollStorm, Params(4, 3, 5), Options()));
}

// A producer that gets on before the consumer waits again never wakes it.
TEST_P(EpollStormTest, SingleEventsPassToo) {
  ExpectAllThrough(RunStressor(kEpollStorm, Params(1, 1, 1), Options()));
}

TEST_P(EpollStormTest, EveryBurstIsTakenOnce) {
  const StressorResult result =
      RunStressor(kEpollStorm, Params(1, 3, 8), Options());
  uint64_t taken = 0;
  for (const WorkerResult& worker : result.workers) {
    taken += worker.wakes_received + worker.wakes_ready;
    EXPECT_THAT(worker.wakes_missed, Eq(0));
  }
  // The last ones may be left.
  EXPECT_THAT(taken + 1, Ge(result.workers[0].wakes_sent));
}

TEST_P(EpollStormTest, StopEndsALongBurst) {
  RunOptions options = Options();
  options.iterations = 0;
  options.duration = absl::Milliseconds(20);
  const StressorResult result =
      RunStressor(kEpollStorm, Params(1, 2, 1 << 20), options);
  EXPECT_THAT(result.workers,
              Each(Field(&WorkerResult::end, WorkerEnd::kFinished)));
}

TEST(EpollStormProofTest, SpinningInsteadFailsIt) {
  EXPECT_THAT(
      RunStressor(Broken<kEpollStorm, OnlySpin>(), {}, BoundedBy(10)).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("10 passes of a producer, but only 0 bursts")));
}

void NeverSlept(WorkerResult& worker) {
  worker.counters.voluntary_switches = 0;
  worker.wakes_received = worker.iterations;
}

TEST(EpollStormProofTest, SleepsThatTheKernelDoesNotCountFailIt) {
  EXPECT_THAT(
      RunStressor(Tampered<kEpollStorm, NeverSlept>(), {}, BoundedBy(kPasses))
          .proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("slept only 0 times")));
}

// The books of a consumer are taken for what the producer's say.
void IsSomebodyElse(WorkerResult& worker) {
  if (worker.position == 2) worker.index -= 2;
}

TEST(EpollStormProofTest, EventsReadTwiceOrNotAtAllFailIt) {
  EXPECT_THAT(RunStressor(Tampered<kEpollStorm, IsSomebodyElse>(),
                          Params(1, 2, 3), BoundedBy(kPasses))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("read or left")));
}

TEST(EpollStormProofTest, FewBurstsCannotTell) {
  EXPECT_THAT(
      RunStressor(kEpollStorm, Params(1, 1, 4), BoundedBy(3)).proof,
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few to tell")));
}

TEST(EpollStormParamsTest, RefusesAnEmptyRole) {
  for (const char* name : {"producers", "consumers", "events_per_burst"}) {
    EXPECT_THAT(kEpollStorm.Make({{name, "0"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
}

}  // namespace
}  // namespace ktstr
