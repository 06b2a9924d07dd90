// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/numa_migration_churn/numa_migration_churn.h"

#include <cstddef>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kPasses = 50;

size_t NodesWithCpus() {
  size_t nodes = 0;
  const Topology topology = Topology::Read().value();
  for (const Topology::Node& node : topology.nodes()) {
    if (!node.cpus.Intersect(BoundedBy(1).cpus).empty()) ++nodes;
  }
  return nodes;
}

StressorResult RunShort(const StressorDef& def) {
  return RunStressor(def, {{"period", "200us"}}, BoundedBy(kPasses));
}

TEST(NumaMigrationChurnTest, HopsFromNodeToNode) {
  if (NodesWithCpus() < 2) GTEST_SKIP() << "needs 2 nodes with CPUs";
  EXPECT_THAT(RunShort(kNumaMigrationChurn).proof,
              IsOkAndHolds(HasSubstr("50 hops between")));
}

TEST(NumaMigrationChurnTest, NotHoppingFailsTheProof) {
  if (NodesWithCpus() < 2) GTEST_SKIP() << "needs 2 nodes with CPUs";
  EXPECT_THAT(
      RunShort(Broken<kNumaMigrationChurn, OnlySpin>()).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("0 hops")));
}

TEST(NumaMigrationChurnTest, OneNodeIsASkipThatSaysSo) {
  if (NodesWithCpus() > 1) GTEST_SKIP() << "there are more nodes";
  EXPECT_THAT(
      RunShort(kNumaMigrationChurn).setup,
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("needs 2 nodes")));
}

TEST(NumaMigrationChurnTest, RefusesPeriodsThatAreNone) {
  for (const char* period : {"0s", "-1ms", "2h"}) {
    EXPECT_THAT(kNumaMigrationChurn.Make({{"period", period}}).status(),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
}

}  // namespace
}  // namespace ktstr
