// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/work/yields.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

int PretendToYield() { return 0; }

// Calls `kCall` after every work unit.
template <Yields::Call kCall>
class Yielder final : public Stressor {
 public:
  struct Params {};
  explicit Yielder(const Params&) : yields_(kCall) {}

  absl::Status Prepare(Preparation& preparation) override {
    return yields_.Prepare(preparation);
  }
  absl::Status Run(Worker& worker) override {
    while (worker.NextIteration()) {
      worker.Compute(16);
      yields_.Yield(worker);
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return yields_.Verify(group);
  }

 private:
  Yields yields_;
};

constexpr Metric kMetrics[] = {Metric::kYieldTime};

template <Yields::Call kCall>
absl::StatusOr<std::string> ProofOf(uint64_t passes, uint32_t workers_per_cpu) {
  StressorDef def;
  def.name = "yielder";
  def.metrics = kMetrics;
  RunOptions options = BoundedBy(passes);
  options.workers = workers_per_cpu * options.cpus.Count();
  return RunStressor(DefineStressor<Yielder<kCall>>(def), {}, options).proof;
}

TEST(YieldsTest, ProofHoldsForWorkersThatShareACpu) {
  EXPECT_THAT(ProofOf<sched_yield>(20'000, 2),
              IsOkAndHolds(HasSubstr("switched to another task")));
}

TEST(YieldsTest, ProofFailsForACallThatDoesNotYield) {
  EXPECT_THAT(ProofOf<PretendToYield>(20'000, 2),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("never 8 in a row")));
}

TEST(YieldsTest, AFewCannotTell) {
  EXPECT_THAT(ProofOf<PretendToYield>(100, 2),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("too few")));
}

TEST(YieldsTest, OneWorkerPerCpuHasNobodyToYieldTo) {
  EXPECT_THAT(ProofOf<sched_yield>(100, 1),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("nobody to yield to")));
}

}  // namespace
}  // namespace ktstr
