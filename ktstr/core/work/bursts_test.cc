// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/work/bursts.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kBurst = absl::Milliseconds(1);
constexpr int64_t kBurstNs = 1'000'000;

// Of a worker with so many iterations, voluntary switches and ns runnable.
absl::StatusOr<std::string> ProofOf(uint64_t iterations, int64_t switches,
                                    int64_t runnable_ns) {
  WorkerResult worker;
  worker.iterations = iterations;
  worker.counters.usage_known = true;
  worker.counters.voluntary_switches = switches;
  worker.counters.schedstat_known = true;
  worker.counters.on_cpu_ns = runnable_ns / 2;
  worker.counters.run_delay_ns = runnable_ns - runnable_ns / 2;
  GroupResult group;
  group.workers = absl::MakeConstSpan(&worker, 1);
  return VerifyBursts(group, kBurst);
}

TEST(BurstsTest, HoldsForASwitchPerSleep) {
  EXPECT_THAT(ProofOf(100, 100, 100 * kBurstNs),
              IsOkAndHolds(HasSubstr("100 voluntary switches for 100 sleeps")));
  EXPECT_THAT(ProofOf(1, 1, kBurstNs), IsOk());
}

TEST(BurstsTest, FailsWithoutTheSwitches) {
  EXPECT_THAT(ProofOf(100, 80, 100 * kBurstNs),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("only 80 voluntary switches for 100")));
  EXPECT_THAT(ProofOf(3, 0, 3 * kBurstNs),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(BurstsTest, FailsWithoutTheBursts) {
  EXPECT_THAT(ProofOf(100, 100, 5 * kBurstNs),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("runnable for only 5ms")));
}

TEST(BurstsTest, AFewCannotTell) {
  EXPECT_THAT(ProofOf(5, 4, 5 * kBurstNs),
              StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(ProofOf(0, 0, 0), StatusIs(absl::StatusCode::kUnimplemented));
}

}  // namespace
}  // namespace ktstr
