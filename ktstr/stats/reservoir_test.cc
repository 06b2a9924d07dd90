// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/reservoir.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::Not;
using ::testing::SizeIs;

// What a reservoir keeps of 0, 1, … length - 1.
std::vector<int64_t> SampleOf(int64_t length, uint32_t capacity,
                              uint64_t seed) {
  ZeroFilled<Reservoir> reservoir(Reservoir::BytesFor(capacity) -
                                  sizeof(Reservoir));
  reservoir->Start(capacity, seed);
  for (int64_t value = 0; value < length; ++value) reservoir->Record(value);
  return reservoir->Samples();
}

TEST(ReservoirTest, ZeroFilledMemoryCountsAndKeepsNothing) {
  ZeroFilled<Reservoir> reservoir;
  reservoir->Record(17);
  EXPECT_THAT(reservoir->seen(), Eq(1));
  EXPECT_THAT(reservoir->Samples(), IsEmpty());
}

TEST(ReservoirTest, CapacityZeroKeepsNothing) {
  EXPECT_THAT(SampleOf(/*length=*/100, /*capacity=*/0, /*seed=*/1), IsEmpty());
}

TEST(ReservoirTest, KeepsAllInOrderUpToTheCapacity) {
  EXPECT_THAT(SampleOf(3, 5, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(SampleOf(5, 5, 1), ElementsAre(0, 1, 2, 3, 4));
}

TEST(ReservoirTest, NeverKeepsMoreThanTheCapacity) {
  EXPECT_THAT(SampleOf(1'000, 5, 1),
              AllOf(SizeIs(5), Each(AllOf(Ge(0), Lt(1'000)))));
}

TEST(ReservoirTest, IsFoundByAddress) {
  ZeroFilled<Reservoir> memory(Reservoir::BytesFor(2) - sizeof(Reservoir));
  void* const address = &*memory;
  Reservoir::At(address).Start(/*capacity=*/2, /*seed=*/9);
  Reservoir::At(address).Record(41);
  const void* const read_only = address;
  EXPECT_THAT(Reservoir::At(read_only).Samples(), ElementsAre(41));
  EXPECT_THAT(Reservoir::At(read_only).capacity(), Eq(2));
}

TEST(ReservoirTest, TheSeedDecides) {
  EXPECT_THAT(SampleOf(1'000, 20, 7), Eq(SampleOf(1'000, 20, 7)));
  EXPECT_THAT(SampleOf(1'000, 20, 7), Not(Eq(SampleOf(1'000, 20, 8))));
  EXPECT_THAT(SampleOf(1'000, 20, 0), Not(Eq(SampleOf(1'000, 20, 1))));
}

// Pearson's statistic over how often each position of the stream is kept. With
// k of n kept in each of R runs the variance of a cell is R k/n (1 - k/n).
TEST(ReservoirTest, KeepsEveryPositionEquallyOften) {
  constexpr int kLength = 40;
  constexpr int kCapacity = 8;
  constexpr int kRuns = 20'000;
  std::vector<int> kept(kLength);
  for (uint64_t seed = 0; seed < kRuns; ++seed) {
    for (const int64_t value : SampleOf(kLength, kCapacity, seed)) {
      ++kept[value];
    }
  }
  constexpr double kShare = double{kCapacity} / kLength;
  double statistic = 0;
  for (const int count : kept) {
    const double off = count - kRuns * kShare;
    statistic += off * off / (kRuns * kShare * (1 - kShare));
  }
  // 39 degrees of freedom: mean 39, deviation sqrt(78) = 8.8; five of them.
  EXPECT_THAT(statistic, Lt(83));
  EXPECT_THAT(statistic, Not(Lt(8)));  // Too even is not random either.
}

}  // namespace
}  // namespace ktstr
