// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/pair_counts.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;

using Entry = PairCounts::Entry;

TEST(PairCountsTest, ZeroFilledMemoryIsEmpty) {
  ZeroFilled<PairCounts> counts;
  EXPECT_THAT(counts->Entries(), IsEmpty());
  EXPECT_THAT(counts->lost(), Eq(0));
}

TEST(PairCountsTest, CountsDirectionsApart) {
  ZeroFilled<PairCounts> counts;
  counts->Add(1, 0);
  counts->Add(0, 1);
  counts->Add(1, 0);
  EXPECT_THAT(counts->Entries(), ElementsAre(Entry{0, 1, 1}, Entry{1, 0, 2}));
}

TEST(PairCountsTest, CpuZeroToCpuZeroIsAPair) {
  ZeroFilled<PairCounts> counts;
  counts->Add(0, 0);
  EXPECT_THAT(counts->Entries(), ElementsAre(Entry{0, 0, 1}));
}

TEST(PairCountsTest, TakesTheGreatestCpuNumbers) {
  ZeroFilled<PairCounts> counts;
  counts->Add(0x7fffffff, 0x7fffffff);
  counts->Add(0x7fffffff, 0);
  EXPECT_THAT(counts->Entries(), ElementsAre(Entry{0x7fffffff, 0, 1},
                                             Entry{0x7fffffff, 0x7fffffff, 1}));
}

// Every pair its own number of times, mixed, for CPUs `base` + 0 … 15.
std::vector<Entry> FillWithAllPairs(PairCounts& counts, uint32_t base) {
  std::vector<Entry> expected;
  for (uint32_t pair = 0; pair < PairCounts::kPairs; ++pair) {
    expected.push_back({base + pair / 16, base + pair % 16, pair + 1});
  }
  for (uint64_t round = 0; round < PairCounts::kPairs; ++round) {
    for (const Entry& entry : expected) {
      if (round < entry.count) counts.Add(entry.from, entry.to);
    }
  }
  return expected;
}

TEST(PairCountsTest, IsExactForSixteenBySixteenPairs) {
  for (const uint32_t base : {0, 1, 112, 496, 8'176}) {
    ZeroFilled<PairCounts> counts;
    const std::vector<Entry> expected = FillWithAllPairs(*counts, base);
    EXPECT_THAT(counts->Entries(), Eq(expected));
    EXPECT_THAT(counts->lost(), Eq(0));
  }
}

TEST(PairCountsTest, CountsAsLostWhatFindsNoRoom) {
  ZeroFilled<PairCounts> counts;
  std::vector<Entry> expected = FillWithAllPairs(*counts, /*base=*/0);
  counts->Add(16, 0);
  counts->Add(16, 0);
  counts->Add(0, 16);
  counts->Add(3, 5);  // A known one still counts.
  ++expected[3 * 16 + 5].count;
  EXPECT_THAT(counts->lost(), Eq(3));
  EXPECT_THAT(counts->Entries(), Eq(expected));
}

}  // namespace
}  // namespace ktstr
