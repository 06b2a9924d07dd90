// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/exchange/item_ring.h"

#include <sched.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ne;

struct Room {
  ItemRing::Ends ends;
  ItemRing::Slot slots[8];
};

// Of `depth` slots, at most 8.
class ItemRingTest : public testing::TestWithParam<size_t> {
 protected:
  ItemRing Ring() {
    return ItemRing(room_->ends,
                    absl::MakeSpan(room_->slots).first(GetParam()));
  }

 private:
  ZeroFilled<Room> room_;
};

INSTANTIATE_TEST_SUITE_P(Depths, ItemRingTest, testing::Values(1, 2, 3, 8));

TEST_P(ItemRingTest, KeepsTheOrderOverManyLaps) {
  ItemRing ring = Ring();
  ItemRing::Item item;
  for (uint64_t id = 1; id <= 100; ++id) {
    ASSERT_THAT(ring.TryPush({id, static_cast<int64_t>(id)}), Eq(true));
    ASSERT_THAT(ring.TryPop(item), Eq(true));
    EXPECT_THAT(item.id, Eq(id));
    EXPECT_THAT(item.pushed_ns, Eq(id));
  }
}

TEST_P(ItemRingTest, IsEmptyAndFullInTime) {
  ItemRing ring = Ring();
  ItemRing::Item item;
  for (int lap = 0; lap < 3; ++lap) {
    EXPECT_THAT(ring.TryPop(item), Eq(false));
    for (uint64_t id = 0; id < GetParam(); ++id) {
      EXPECT_THAT(ring.TryPush({id, 0}), Eq(true));
    }
    EXPECT_THAT(ring.TryPush({99, 0}), Eq(false));
    for (uint64_t id = 0; id < GetParam(); ++id) {
      EXPECT_THAT(ring.TryPop(item), Eq(true));
      EXPECT_THAT(item.id, Eq(id));
    }
  }
}

TEST_P(ItemRingTest, TellsWhatIsLeft) {
  ItemRing ring = Ring();
  ItemRing::Item item;
  ASSERT_THAT(ring.TryPush({1, 0}), Eq(true));
  ASSERT_THAT(ring.TryPop(item), Eq(true));
  EXPECT_THAT(ring.Left().count, Eq(0));
  ItemTally expected;
  for (uint64_t id = 2; ring.TryPush({id, 0}); ++id) expected.Add(id);
  EXPECT_THAT(ring.Left() == expected, Eq(true));
  EXPECT_THAT(expected.count, Eq(GetParam()));
}

TEST_P(ItemRingTest, EachItemIsHadOnceByThreeOfThree) {
  constexpr uint64_t kItems = 2000;  // Of each producer, and each consumer.
  ItemTally pushed[3];
  ItemTally popped[3];
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      ItemRing ring = Ring();
      for (uint64_t n = 0; n < kItems; ++n) {
        while (!ring.TryPush({i << 32 | n, 0})) sched_yield();
        pushed[i].Add(i << 32 | n);
      }
    });
    threads.emplace_back([&, i] {
      ItemRing ring = Ring();
      ItemRing::Item item;
      for (uint64_t n = 0; n < kItems; ++n) {
        while (!ring.TryPop(item)) sched_yield();
        popped[i].Add(item.id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (uint64_t i = 1; i < 3; ++i) {
    pushed[0] += pushed[i];
    popped[0] += popped[i];
  }
  EXPECT_THAT(pushed[0] == popped[0], Eq(true));
  EXPECT_THAT(popped[0].count, Eq(3 * kItems));
  EXPECT_THAT(Ring().Left().count, Eq(0));
}

TEST(ItemTallyTest, SeesAnItemThatWasHadTwiceInsteadOfAnother) {
  ItemTally produced;
  for (uint64_t id : {1, 2, 3, 4}) produced.Add(id);
  ItemTally consumed;
  for (uint64_t id : {2, 2, 3, 3}) consumed.Add(id);
  EXPECT_THAT(consumed.count, Eq(produced.count));
  EXPECT_THAT(consumed.sum, Ne(produced.sum));
  EXPECT_THAT(consumed == produced, Eq(false));
}

}  // namespace
}  // namespace ktstr
