// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/ipc_variance/line_cycle.h"

#include <cstddef>
#include <cstdint>
#include <set>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/work/random.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::SizeIs;

bool Always() { return true; }

TEST(LineCycleTest, TouchesEveryLineBeforeItComesBack) {
  for (size_t lines : {2, 3, 64, 5000}) {
    absl::StatusOr<LineCycle> cycle =
        LineCycle::Create(lines * LineCycle::kLineBytes);
    ASSERT_THAT(cycle, IsOk());
    Random random(lines);
    ASSERT_TRUE(cycle->Fill(random, Always));
    std::set<uint32_t> seen;
    for (size_t i = 0; i < lines; ++i) {
      seen.insert(cycle->at());
      cycle->Touch(1);
    }
    EXPECT_THAT(seen, SizeIs(lines));
    EXPECT_THAT(cycle->at(), Eq(0));
    EXPECT_THAT(cycle->touches(), Eq(lines));
  }
}

TEST(LineCycleTest, GoesOnWhereItStopped) {
  absl::StatusOr<LineCycle> one = LineCycle::Create(1 << 16);
  absl::StatusOr<LineCycle> other = LineCycle::Create(1 << 16);
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(other, IsOk());
  Random random(1);
  Random same(1);
  ASSERT_TRUE(one->Fill(random, Always));
  ASSERT_TRUE(other->Fill(same, Always));
  one->Touch(700);
  one->Touch(0);
  one->Touch(1300);
  other->Touch(2000);
  EXPECT_THAT(one->at(), Eq(other->at()));
}

TEST(LineCycleTest, ASeedGivesAnOrderOfItsOwn) {
  std::set<uint32_t> ends;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    absl::StatusOr<LineCycle> cycle = LineCycle::Create(1 << 20);
    ASSERT_THAT(cycle, IsOk());
    Random random(seed);
    ASSERT_TRUE(cycle->Fill(random, Always));
    cycle->Touch(1000);
    ends.insert(cycle->at());
  }
  EXPECT_THAT(ends, SizeIs(testing::Ge(19)));
}

TEST(LineCycleTest, StopsFillingWhenToldTo) {
  absl::StatusOr<LineCycle> cycle = LineCycle::Create(1 << 20);
  ASSERT_THAT(cycle, IsOk());
  Random random(1);
  int asked = 0;
  EXPECT_FALSE(cycle->Fill(random, [&asked] { return ++asked < 5; }));
  EXPECT_THAT(asked, Eq(5));
}

}  // namespace
}  // namespace ktstr
