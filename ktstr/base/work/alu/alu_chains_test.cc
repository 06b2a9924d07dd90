// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/alu/alu_chains.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "ktstr/base/work/alu/alu_kernels.h"
#include "ktstr/base/work/alu/alu_width.h"

namespace ktstr {
namespace {

constexpr uint64_t kSeed = 7;

class AluChainsTest : public testing::TestWithParam<AluWidth> {
 protected:
  void SetUp() override {
    const absl::Status allowed = AllowAluWidth(GetParam());
    if (!allowed.ok()) GTEST_SKIP() << allowed;
  }
};

INSTANTIATE_TEST_SUITE_P(Widths, AluChainsTest,
                         testing::Values(AluWidth::kScalar, AluWidth::kVec128,
                                         AluWidth::kVec256, AluWidth::kVec512,
                                         AluWidth::kAmx),
                         [](const testing::TestParamInfo<AluWidth>& row) {
                           return std::string(AluWidthName(row.param));
                         });

TEST_P(AluChainsTest, IsWhereItsStepsLead) {
  AluChains chains(GetParam(), kSeed);
  EXPECT_TRUE(chains.IsRight());
  for (uint64_t steps : {1, 2, 1000, 0, 4096}) {
    chains.Step(steps);
    EXPECT_TRUE(chains.IsRight()) << chains.steps();
  }
  EXPECT_EQ(chains.steps(), 5099);
}

// Lanes of every width go the way of the scalar code, step by step.
TEST_P(AluChainsTest, LanesAreThoseOfScalarCode) {
  constexpr uint64_t kSteps = 100;
  const auto state = std::make_unique<AluState>();
  const auto scalar = std::make_unique<AluState>();
  for (size_t chain = 0; chain < kAluChains; ++chain) {
    for (size_t lane = 0; lane < kMaxAluLanes; ++lane) {
      state->lanes[chain][lane] = 0xfedcba9876543210 + 100 * chain + lane;
    }
  }
  const auto begin = std::make_unique<AluState>(*state);
  AluKernelOf(GetParam())(*state, kSteps);
  for (size_t lane = 0; lane < AluLanes(GetParam()); ++lane) {
    for (size_t chain = 0; chain < kAluChains; ++chain) {
      scalar->lanes[chain][0] = begin->lanes[chain][lane];
    }
    RunAluScalar(*scalar, kSteps);
    for (size_t chain = 0; chain < kAluChains; ++chain) {
      EXPECT_EQ(state->lanes[chain][lane], scalar->lanes[chain][0]);
    }
  }
}

TEST_P(AluChainsTest, AStepThatNobodyCountedIsSeen) {
  AluChains chains(GetParam(), kSeed);
  chains.Step(1000);
  AluKernelOf(GetParam())(chains.state(), 1);
  EXPECT_FALSE(chains.IsRight());
}

TEST(AluLanesTest, EachWidthHasTwiceAsManyLanes) {
  EXPECT_EQ(AluLanes(AluWidth::kScalar), 1);
  EXPECT_EQ(AluLanes(AluWidth::kVec512), kMaxAluLanes);
  EXPECT_EQ(AluLanes(AluWidth::kAmx), 0);
}

}  // namespace
}  // namespace ktstr
