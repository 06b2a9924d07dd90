// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/spin.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "gtest/gtest.h"
#include "ktstr/base/clock.h"

namespace ktstr {
namespace {

// The shortest of some tries, which interruptions do not touch.
int64_t BestNanos(uint64_t rounds) {
  int64_t best = std::numeric_limits<int64_t>::max();
  for (int i = 0; i < 50; ++i) {
    const int64_t begin = MonotonicNanos();
    Spin(rounds);
    best = std::min(best, MonotonicNanos() - begin);
  }
  return best;
}

TEST(SpinTest, EachRoundTakesTime) {
  const int64_t none = BestNanos(0);
  const int64_t few = BestNanos(100);
  const int64_t many = BestNanos(10'000);
  EXPECT_GT(few, none);
  // A hundred times the rounds; half of that leaves room for the readings.
  EXPECT_GT(many, 50 * (few - none));
}

}  // namespace
}  // namespace ktstr
