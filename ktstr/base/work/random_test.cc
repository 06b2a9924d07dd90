// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/random.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Gt;
using ::testing::Lt;

// The first outputs for seed 0, as the reference implementation gives them.
TEST(RandomTest, IsSplitmix64) {
  Random random(0);
  EXPECT_EQ(random.Next(), 0xe220a8397b1dcdaf);
  EXPECT_EQ(random.Next(), 0x6e789e6aa1b965f4);
  EXPECT_EQ(random.Next(), 0x06c45d188009454f);
}

TEST(RandomTest, StaysBelowItsBoundAndReachesAll) {
  constexpr uint64_t kBound = 7;
  constexpr int kDraws = 7000;
  Random random(42);
  std::vector<int> drawn(kBound);
  for (int i = 0; i < kDraws; ++i) ++drawn.at(random.Below(kBound));
  EXPECT_THAT(drawn, Each(AllOf(Gt(800), Lt(1200))));
  EXPECT_EQ(random.Below(1), 0u);
}

}  // namespace
}  // namespace ktstr
