// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/histogram.h"

#include <cstdint>
#include <cstdlib>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Le;

constexpr int64_t kLongest = std::numeric_limits<int64_t>::max();

TEST(HistogramTest, BucketsTileTheRange) {
  EXPECT_THAT(Histogram::BucketLow(0), Eq(0));
  EXPECT_THAT(Histogram::BucketLow(Histogram::kBuckets), Eq(Histogram::kLimit));
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    EXPECT_THAT(Histogram::BucketOf(Histogram::BucketLow(i)), Eq(i));
    EXPECT_THAT(Histogram::BucketOf(Histogram::BucketLow(i + 1) - 1), Eq(i));
  }
}

// The ends of a bucket are its worst values, so this covers the whole range.
TEST(HistogramTest, MiddleIsWithinOneSixtyFourthOfEveryValue) {
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    const int64_t low = Histogram::BucketLow(i);
    const int64_t high = Histogram::BucketLow(i + 1) - 1;
    EXPECT_THAT((Histogram::BucketMid(i) - low) * 64, Le(low))
        << "bucket " << i;
    EXPECT_THAT((high - Histogram::BucketMid(i)) * 64, Le(high));
  }
}

TEST(HistogramTest, NeighboursOfPowersOfTwoKeepTheErrorBound) {
  for (int bit = 0; bit < Histogram::kValueBits; ++bit) {
    const int64_t power = int64_t{1} << bit;
    for (const int64_t value : {power - 1, power, power + 1}) {
      const int64_t mid = Histogram::BucketMid(Histogram::BucketOf(value));
      EXPECT_THAT(std::abs(mid - value) * 64, Le(value)) << value;
    }
  }
}

TEST(HistogramTest, IsExactBelowSixtyFour) {
  for (int value = 0; value < 64; ++value) {
    EXPECT_THAT(Histogram::BucketOf(value), Eq(value));
    EXPECT_THAT(Histogram::BucketMid(value), Eq(value));
  }
}

TEST(HistogramTest, ZeroFilledMemoryIsEmpty) {
  ZeroFilled<Histogram> histogram;
  EXPECT_THAT(histogram->count(), Eq(0));
  EXPECT_THAT(histogram->min(), Eq(kLongest));
  EXPECT_THAT(histogram->max(), Eq(0));
}

TEST(HistogramTest, ZeroIsASample) {
  ZeroFilled<Histogram> histogram;
  histogram->Record(0);
  EXPECT_THAT(histogram->count(), Eq(1));
  EXPECT_THAT(histogram->bucket(0), Eq(1));
  EXPECT_THAT(histogram->min(), Eq(0));
  EXPECT_THAT(histogram->max(), Eq(0));
}

TEST(HistogramTest, KeepsExactExtremesAndSum) {
  ZeroFilled<Histogram> histogram;
  for (const int64_t value : {1'000'003, 777, 5'000'011}) {
    histogram->Record(value);
  }
  EXPECT_THAT(histogram->min(), Eq(777));
  EXPECT_THAT(histogram->max(), Eq(5'000'011));
  EXPECT_THAT(histogram->sum(), Eq(6'000'791));
  EXPECT_THAT(histogram->count(), Eq(3));
}

TEST(HistogramTest, ValuesAboveTheRangeSaturate) {
  ZeroFilled<Histogram> histogram;
  histogram->Record(Histogram::kLimit - 1);
  histogram->Record(Histogram::kLimit);
  histogram->Record(kLongest);
  EXPECT_THAT(histogram->count(), Eq(3));
  EXPECT_THAT(histogram->saturated(), Eq(2));
  EXPECT_THAT(histogram->bucket(Histogram::kBuckets - 1), Eq(1));
  EXPECT_THAT(histogram->min(), Eq(Histogram::kLimit - 1));
  EXPECT_THAT(histogram->max(), Eq(kLongest));
}

TEST(HistogramTest, NegativeValuesAreCountedAndAreNoSamples) {
  ZeroFilled<Histogram> histogram;
  histogram->Record(-1);
  histogram->Record(std::numeric_limits<int64_t>::min());
  EXPECT_THAT(histogram->negative(), Eq(2));
  EXPECT_THAT(histogram->count(), Eq(0));
  EXPECT_THAT(histogram->sum(), Eq(0));
  EXPECT_THAT(histogram->min(), Eq(kLongest));
  EXPECT_THAT(histogram->bucket(0), Eq(0));
}

}  // namespace
}  // namespace ktstr
