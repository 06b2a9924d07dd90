// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/producer_consumer_imbalance/producer_consumer_imbalance.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
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
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Values;

constexpr uint64_t kPasses = 200;

std::vector<ParamText> Params(int producers, int consumers, int rate_hz,
                              int consume_iters, int queue_depth) {
  return {{"producers", std::to_string(producers)},
          {"consumers", std::to_string(consumers)},
          {"rate_hz", std::to_string(rate_hz)},
          {"consume_iters", std::to_string(consume_iters)},
          {"queue_depth", std::to_string(queue_depth)}};
}

// Consumers that are slower than producers with one slot between them.
std::vector<ParamText> Backpressure() { return Params(2, 1, 0, 4096, 1); }

uint64_t Waits(const StressorResult& result, uint32_t worker) {
  return result.workers[worker].Find(Metric::kBlockedTime)->count();
}

class ProducerConsumerTest : public testing::TestWithParam<WorkerMode> {
 protected:
  static StressorResult Run(const std::vector<ParamText>& params) {
    RunOptions options = BoundedBy(kPasses);
    options.mode = GetParam();
    return RunStressor(kProducerConsumerImbalance, params, options);
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, ProducerConsumerTest,
                         Values(WorkerMode::kFork, WorkerMode::kThread));

TEST_P(ProducerConsumerTest, ProducersWaitForRoom) {
  const StressorResult result = Run(Backpressure());
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("each consumed once")));
  EXPECT_THAT(result.workers, Each(Field(&WorkerResult::iterations, kPasses)));
  EXPECT_THAT(Waits(result, 0) + Waits(result, 1), Gt(0));
  EXPECT_THAT(result.workers[2].Find(Metric::kQueueTime)->count(), Ge(kPasses));
}

TEST_P(ProducerConsumerTest, ConsumersWaitForItems) {
  const StressorResult result = Run(Params(1, 3, 5000, 0, 1024));
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("each consumed once")));
  EXPECT_THAT(Waits(result, 1) + Waits(result, 2) + Waits(result, 3), Gt(0));
}

TEST_P(ProducerConsumerTest, ManyOfBothShareASmallQueue) {
  const StressorResult result = Run(Params(3, 3, 0, 16, 2));
  EXPECT_THAT(result.stop_reason, Eq(StopReason::kIterations));
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("each consumed once")));
}

TEST_P(ProducerConsumerTest, PaceIsNoWaitForRoom) {
  // More room than there will be items: producers sleep for their pace only.
  const StressorResult result = Run(Params(2, 1, 2000, 0, 65536));
  EXPECT_THAT(Waits(result, 0), Eq(0));
  EXPECT_THAT(Waits(result, 1), Eq(0));
  // The last item of the bound is due then.
  EXPECT_THAT(result.workers[0].run_ns, Ge((kPasses - 1) * 500'000));
}

TEST(ProducerConsumerProofTest, SpinningInsteadFailsIt) {
  EXPECT_THAT(RunStressor(Broken<kProducerConsumerImbalance, OnlySpin>(), {},
                          BoundedBy(10))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("10 passes of a producer, but only 0 items")));
}

void AddSleep(WorkerResult& worker) { worker.wakes_spurious += 1'000'000; }

TEST(ProducerConsumerProofTest, SleepsThatNobodyEndedFailIt) {
  // As they would if a wake-up had been lost and a time-out had helped.
  EXPECT_THAT(RunStressor(Tampered<kProducerConsumerImbalance, AddSleep>(),
                          Backpressure(), BoundedBy(kPasses))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

void NeverSlept(WorkerResult& worker) {
  worker.counters.voluntary_switches = 0;
}

TEST(ProducerConsumerProofTest, SleepsThatTheKernelDoesNotCountFailIt) {
  EXPECT_THAT(RunStressor(Tampered<kProducerConsumerImbalance, NeverSlept>(),
                          Backpressure(), BoundedBy(kPasses))
                  .proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("gave up its CPU only 0 times")));
}

void NobodyWaited(WorkerResult& worker) {
  worker.metrics.clear();
  worker.wakes_spurious = 0;
}

TEST(ProducerConsumerProofTest, QueueThatNobodyWaitedForCannotTell) {
  EXPECT_THAT(RunStressor(Tampered<kProducerConsumerImbalance, NobodyWaited>(),
                          Backpressure(), BoundedBy(kPasses))
                  .proof,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("never full or empty")));
}

TEST(ProducerConsumerParamsTest, RefusesAnEmptyRole) {
  for (const char* name : {"producers", "consumers", "queue_depth"}) {
    EXPECT_THAT(kProducerConsumerImbalance.Make({{name, "0"}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
  EXPECT_THAT(
      kProducerConsumerImbalance.Make({{"rate_hz", "1000001"}}).status(),
      StatusIs(absl::StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace ktstr
