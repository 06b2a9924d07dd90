// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/work/cache_area.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/work/cache_walk.h"
#include "ktstr/core/byte_size.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/run_stressor.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;

// 4096 lines: four passes.
constexpr ByteSize kSize = {256 << 10};
constexpr ByteSize kStride = {64};

// With `kRestart`, every pass begins at the start.
template <bool kRestart>
class Walker final : public Stressor {
 public:
  struct Params {};
  explicit Walker(const Params&) : area_(kSize, kStride) {}

  absl::Status Prepare(Preparation& preparation) override {
    return area_.Prepare(preparation);
  }
  absl::Status Run(Worker& worker) override {
    CacheWalk walk = area_.WalkOf(worker);
    while (worker.NextIteration()) {
      CacheWalk again = area_.WalkOf(worker);
      (kRestart ? again : walk).Walk(CacheArea::kStepsPerPass);
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> Verify(const GroupResult& group) const override {
    return area_.Verify(group);
  }

 private:
  CacheArea area_;
};

template <bool kRestart>
absl::StatusOr<std::string> ProofAfter(uint64_t passes) {
  StressorDef def;
  def.name = "walker";
  return RunStressor(DefineStressor<Walker<kRestart>>(def), {},
                     BoundedBy(passes))
      .proof;
}

TEST(CacheAreaTest, ProofHoldsWhenAllWasTouched) {
  EXPECT_THAT(ProofAfter<false>(4),
              IsOkAndHolds(HasSubstr("all of 256K touched, 1 times")));
}

TEST(CacheAreaTest, ProofFailsWhenEachPassBeginsAnew) {
  EXPECT_THAT(ProofAfter<true>(1000),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("only 64K of 256K")));
}

TEST(CacheAreaTest, AFewPassesCannotTell) {
  EXPECT_THAT(ProofAfter<false>(3), StatusIs(absl::StatusCode::kUnimplemented,
                                             HasSubstr("do not lead")));
}

}  // namespace
}  // namespace ktstr
