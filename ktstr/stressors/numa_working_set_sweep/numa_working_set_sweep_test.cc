// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/numa_working_set_sweep/numa_working_set_sweep.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kPasses = 20;

uint32_t Nodes() {
  const absl::StatusOr<MemoryNodes> nodes = GetMemoryNodes();
  if (!nodes.ok()) return 0;
  return nodes->allowed.Intersect(nodes->with_memory).Count();
}

StressorResult RunShort(const StressorDef& def) {
  return RunStressor(def, {{"period", "200us"}}, BoundedBy(kPasses));
}

TEST(NumaWorkingSetSweepTest, MovesAllPages) {
  if (Nodes() < 2) GTEST_SKIP() << "needs 2 nodes with memory";
  const StressorResult result = RunShort(kNumaWorkingSetSweep);
  EXPECT_THAT(result.proof, IsOkAndHolds(HasSubstr("were on their target")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.call_failures, IsEmpty());
    EXPECT_THAT(worker.Find(Metric::kMoveTime)->count(), Eq(kPasses - 1));
    EXPECT_THAT(worker.Find(Metric::kSleepOvershoot)->count(), Eq(kPasses - 1));
  }
}

TEST(NumaWorkingSetSweepTest, MovingNothingFailsTheProof) {
  if (Nodes() < 2) GTEST_SKIP() << "needs 2 nodes with memory";
  EXPECT_THAT(RunShort(Broken<kNumaWorkingSetSweep, OnlySpin>()).proof,
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("with 0 sweeps")));
}

TEST(NumaWorkingSetSweepTest, OneNodeIsASkipThatSaysSo) {
  if (Nodes() != 1) GTEST_SKIP() << "there is not just one node";
  EXPECT_THAT(RunShort(kNumaWorkingSetSweep).setup,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("needs 2 nodes with memory")));
}

TEST(NumaWorkingSetSweepTest, NodesThatAreNotThereAreASkip) {
  if (Nodes() == 0) GTEST_SKIP() << "no NUMA";
  EXPECT_THAT(RunStressor(kNumaWorkingSetSweep, {{"nodes", "0,1022"}},
                          BoundedBy(kPasses))
                  .setup,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("nodes=0,1022: node 1022 does not exist")));
}

TEST(NumaWorkingSetSweepTest, RefusesWhatIsOutOfRange) {
  for (const char* size : {"0", "65G"}) {
    EXPECT_THAT(kNumaWorkingSetSweep.Make({{"region", size}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
  EXPECT_THAT(kNumaWorkingSetSweep.Make({{"period", "0s"}}).status(),
              StatusIs(absl::StatusCode::kOutOfRange));
  for (const char* nodes : {"", "0", "any", "0-", "0,99999999"}) {
    EXPECT_THAT(kNumaWorkingSetSweep.Make({{"nodes", nodes}}).status(),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << nodes;
  }
}

TEST(NumaWorkingSetSweepTest, PrintsNodesAsTheyAreRead) {
  for (const char* nodes : {"all", "0-2,7"}) {
    EXPECT_THAT(kNumaWorkingSetSweep.Make({{"nodes", nodes}})->params[2].value,
                Eq(nodes));
  }
}

}  // namespace
}  // namespace ktstr
