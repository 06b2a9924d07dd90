// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/numa_working_set_sweep/swept_region.h"

#include <errno.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

constexpr size_t kBytes = size_t{5} << 20;  // Several blocks.

class SweptRegionTest : public testing::Test {
 protected:
  void SetUp() override {
    const absl::StatusOr<MemoryNodes> nodes = GetMemoryNodes();
    if (!nodes.ok()) GTEST_SKIP() << nodes.status();
    const NodeSet usable = nodes->allowed.Intersect(nodes->with_memory);
    node_ = usable.First();
    no_node_ = usable.Max() + 1;
    absl::StatusOr<SweptRegion> region = SweptRegion::Create(kBytes, 42);
    ASSERT_THAT(region, IsOk());
    region_.emplace(*std::move(region));
    ASSERT_TRUE(region_->Sweep(worker_, node_, books_));
    if (Failures() > 0) GTEST_SKIP() << "mbind is refused";
  }

  uint64_t Failures() {
    uint64_t failures = 0;
    for (const FailureRecord& failure : workers_.record().failures) {
      failures += failure.count;
    }
    return failures;
  }

  LoneWorkers workers_{{.metrics = {Metric::kMoveTime}}};
  Worker worker_{workers_.setup()};
  std::optional<SweptRegion> region_;
  SweepBooks books_ = {.nodes = 2};
  uint32_t node_ = 0;
  uint32_t no_node_ = 0;
};

TEST_F(SweptRegionTest, KeepsWhatIsInItAndIsWhereItWasMovedTo) {
  ASSERT_TRUE(region_->Sweep(worker_, node_, books_));
  ASSERT_TRUE(region_->Sweep(worker_, node_, books_));
  EXPECT_THAT(books_.sweeps, Eq(3u));
  EXPECT_THAT(books_.pages, Eq(3 * region_->pages()));
  EXPECT_THAT(books_.on_target, Eq(books_.pages));
  EXPECT_THAT(books_.moved, Eq(0u));
  EXPECT_THAT(books_.corrupt, Eq(0u));
  EXPECT_THAT(Failures(), Eq(0u));
  EXPECT_THAT(workers_.histogram(Metric::kMoveTime).count(), Eq(2u));
}

TEST_F(SweptRegionTest, MovesThatAreRefusedAreCountedAndFailTheProof) {
  ASSERT_TRUE(region_->Sweep(worker_, no_node_, books_));
  // Each block is tried twice.
  const uint64_t blocks = kBytes >> 20;
  EXPECT_THAT(Failures(), Eq(2 * blocks));
  EXPECT_THAT(books_.repeats, Eq(blocks));
  EXPECT_THAT(books_.on_target, Eq(region_->pages()));
  EXPECT_THAT(workers_.histogram(Metric::kMoveTime).count(), Eq(0u));
  EXPECT_THAT(JudgeSweeps(books_, 2),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("2 passes with 2 sweeps")));
}

TEST_F(SweptRegionTest, LostContentFailsTheProof) {
  ++*region_->WordsOf(7);
  ASSERT_TRUE(region_->Sweep(worker_, node_, books_));
  EXPECT_THAT(books_.corrupt, Eq(1u));
  EXPECT_THAT(JudgeSweeps(books_, 2),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("1 pages did not hold")));
}

TEST_F(SweptRegionTest, StopEndsASweep) {
  workers_.stop() = 1;
  EXPECT_FALSE(region_->Sweep(worker_, node_, books_));
  EXPECT_THAT(books_.sweeps, Eq(1u));
}

TEST(JudgeSweepsTest, OneNodeAndNoPassCannotTell) {
  EXPECT_THAT(JudgeSweeps({.nodes = 1}, 5),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("memory of one node")));
  EXPECT_THAT(
      JudgeSweeps({.nodes = 2}, 0),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few to tell")));
}

TEST(JudgeSweepsTest, APassWithoutAMoveFailsTheProof) {
  const SweepBooks books = {
      .nodes = 2, .sweeps = 3, .pages = 30, .on_target = 30, .moved = 20};
  EXPECT_THAT(JudgeSweeps(books, 3), IsOk());
  EXPECT_THAT(JudgeSweeps(books, 4),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("4 passes with 3 sweeps")));
}

}  // namespace
}  // namespace ktstr
