// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Two CPUs that count as two nodes.

#include "ktstr/core/churn/node_hops.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/lone_body.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/tampered_stressor.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kPasses = 100;

class Hopper final : public Stressor {
 public:
  struct Params {};
  explicit Hopper(const Params&) {}

  absl::Status Prepare(Preparation& preparation) override {
    return hops_.Prepare(preparation, Topology::Regular({.nodes = 2}));
  }
  absl::Status Run(Worker& worker) override {
    return hops_.Run(worker, absl::Microseconds(100));
  }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return hops_.Verify(group);
  }

 private:
  NodeHops hops_;
};

constinit const StressorDef kHopper =
    DefineStressor<Hopper>({.name = "hopper"});

bool HasTheCpus() { return GetAffinity(0)->Intersect({0, 1}).Count() == 2; }

class NodeHopsTest : public testing::TestWithParam<WorkerMode> {
 protected:
  void SetUp() override {
    if (!HasTheCpus()) GTEST_SKIP() << "needs CPUs 0 and 1";
  }

  static RunOptions Options(uint64_t iterations) {
    RunOptions options = BoundedBy(iterations);
    options.mode = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, NodeHopsTest,
                         testing::Values(WorkerMode::kFork,
                                         WorkerMode::kThread));

TEST_P(NodeHopsTest, EachPassIsAMigration) {
  const StressorResult result = RunStressor(kHopper, {}, Options(kPasses));
  EXPECT_THAT(result.proof,
              IsOkAndHolds(HasSubstr("100 hops between 2 nodes")));
  for (const WorkerResult& worker : result.workers) {
    EXPECT_THAT(worker.migrations, Ge(kPasses - 1));
    EXPECT_TRUE(worker.cpus_used == CpuSet({0, 1}));
    EXPECT_THAT(worker.call_failures, IsEmpty());
  }
}

TEST_P(NodeHopsTest, OneHopTells) {
  EXPECT_THAT(RunStressor(kHopper, {}, Options(1)).proof, IsOk());
}

TEST_P(NodeHopsTest, StaysOnTheCpuThatItWasGiven) {
  const RunOptions options = Options(kPasses);
  const CpuSet all = *GetAffinity(0);
  // Workers inherit it.
  ASSERT_THAT(SetAffinity(0, {0}), IsOk());
  const StressorResult result = RunStressor(kHopper, {}, options);
  ASSERT_THAT(SetAffinity(0, all), IsOk());
  for (const WorkerResult& worker : result.workers) {
    EXPECT_TRUE(worker.cpus_used == CpuSet({0}));
  }
  EXPECT_THAT(result.proof, StatusIs(absl::StatusCode::kUnimplemented,
                                     HasSubstr("nowhere to hop to")));
}

TEST_P(NodeHopsTest, CpusOfOneNodeAreASkip) {
  RunOptions options = Options(kPasses);
  options.cpus = CpuSet({1});
  options.cpus_given = true;
  EXPECT_THAT(
      RunStressor(kHopper, {}, options).setup,
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("needs 2 nodes")));
}

TEST_P(NodeHopsTest, NotHoppingFailsTheProof) {
  EXPECT_THAT(
      RunStressor(Broken<kHopper, OnlySpin>(), {}, Options(kPasses)).proof,
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("0 hops")));
}

void ForgetMigrations(WorkerResult& worker) {
  worker.migrations = 0;
  worker.counters.migrations = 0;
}

TEST_P(NodeHopsTest, HopsThatMigrateNobodyFailTheProof) {
  EXPECT_THAT(
      RunStressor(Tampered<kHopper, ForgetMigrations>(), {}, Options(kPasses))
          .proof,
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("migrated only 0 times")));
}

TEST(NodeHopsBodyTest, LeavesTheThreadItsCpus) {
  if (!HasTheCpus()) GTEST_SKIP() << "needs CPUs 0 and 1";
  const CpuSet cpus = *GetAffinity(0);
  RunBodyBetween(
      kHopper, kPasses, [] {}, [&] { EXPECT_TRUE(*GetAffinity(0) == cpus); });
}

TEST(NodeHopsPrepareTest, UnknownTopologyIsASkip) {
  Preparation preparation(/*groups=*/1, /*workers=*/1, *GetAffinity(0));
  EXPECT_THAT(NodeHops().Prepare(preparation, *Topology::Unknown("no /sys")),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("no /sys")));
}

}  // namespace
}  // namespace ktstr
