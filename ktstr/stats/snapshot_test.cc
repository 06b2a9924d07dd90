// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/snapshot.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/stats/histogram.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsFalse;
using ::testing::IsTrue;
using ::testing::Le;

using Bucket = HistogramSnapshot::Bucket;
using Sparse = HistogramSnapshot::Sparse;

HistogramSnapshot SnapshotOf(const std::vector<int64_t>& values) {
  ZeroFilled<Histogram> histogram;
  for (const int64_t value : values) histogram->Record(value);
  return HistogramSnapshot::Of(*histogram);
}

// Values of all magnitudes that have a bucket.
std::vector<int64_t> RandomValues(uint64_t seed, int count) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> values;
  for (int i = 0; i < count; ++i) {
    const int bits = 1 + static_cast<int>(random() % Histogram::kValueBits);
    values.push_back(static_cast<int64_t>(random() >> (64 - bits)));
  }
  return values;
}

TEST(HistogramSnapshotTest, OfZeroFilledMemoryIsEmpty) {
  const HistogramSnapshot snapshot = SnapshotOf({});
  EXPECT_THAT(snapshot, Eq(HistogramSnapshot()));
  EXPECT_THAT(snapshot.empty(), IsTrue());
  EXPECT_THAT(snapshot.min(), Eq(0));
  EXPECT_THAT(snapshot.Percentile(50), Eq(0));
  EXPECT_THAT(snapshot.Mean(), DoubleEq(0));
}

TEST(HistogramSnapshotTest, ASampleOfZeroIsNotEmpty) {
  const HistogramSnapshot snapshot = SnapshotOf({0});
  EXPECT_THAT(snapshot.empty(), IsFalse());
  EXPECT_THAT(snapshot.count(), Eq(1));
}

TEST(HistogramSnapshotTest, CountsSaturatedAndNegativeApart) {
  const HistogramSnapshot snapshot = SnapshotOf({-5, 7, Histogram::kLimit});
  EXPECT_THAT(snapshot.count(), Eq(2));
  EXPECT_THAT(snapshot.saturated(), Eq(1));
  EXPECT_THAT(snapshot.negative(), Eq(1));
  EXPECT_THAT(snapshot.sum(), Eq(Histogram::kLimit + 7));
}

TEST(HistogramSnapshotTest, MeanIsExact) {
  EXPECT_THAT(SnapshotOf({1'000'001, 3, 2}).Mean(), DoubleEq(1'000'006 / 3.0));
}

TEST(HistogramSnapshotTest, PercentileIsTheNearestRank) {
  std::vector<int64_t> values(50);
  for (int i = 0; i < 50; ++i) values[i] = i + 1;  // Exact buckets.
  const HistogramSnapshot snapshot = SnapshotOf(values);
  EXPECT_THAT(snapshot.Percentile(0), Eq(1));
  EXPECT_THAT(snapshot.Percentile(2), Eq(1));
  EXPECT_THAT(snapshot.Percentile(2.1), Eq(2));
  EXPECT_THAT(snapshot.Percentile(50), Eq(25));
  EXPECT_THAT(snapshot.Percentile(98), Eq(49));
  EXPECT_THAT(snapshot.Percentile(98.1), Eq(50));
  EXPECT_THAT(snapshot.Percentile(100), Eq(50));
}

TEST(HistogramSnapshotTest, RanksSurviveDecimalFractions) {
  std::vector<int64_t> values(40'959, 10);  // 99.9 percent, exactly.
  values.resize(40'999, 30);
  values.resize(41'000, 60);  // Only the last rank.
  const HistogramSnapshot snapshot = SnapshotOf(values);
  EXPECT_THAT(snapshot.Percentile(99.9), Eq(10));
  EXPECT_THAT(snapshot.Percentile(99.901), Eq(30));
  EXPECT_THAT(snapshot.Percentile(99.997), Eq(30));
  EXPECT_THAT(snapshot.Percentile(99.999), Eq(60));
}

TEST(HistogramSnapshotTest, PercentilesKeepTheErrorBound) {
  for (const uint64_t seed : {1, 2, 3}) {
    std::vector<int64_t> values = RandomValues(seed, 10'000);
    const HistogramSnapshot snapshot = SnapshotOf(values);
    std::sort(values.begin(), values.end());
    for (int percent = 1; percent <= 100; ++percent) {
      const int64_t exact = values[percent * 100 - 1];
      EXPECT_THAT(std::abs(snapshot.Percentile(percent) - exact) * 64,
                  Le(exact));
    }
  }
}

TEST(HistogramSnapshotTest, PercentilesStayBetweenTheExactExtremes) {
  const HistogramSnapshot one = SnapshotOf({1'000'000'007});
  for (const double p : {0.0, 50.0, 99.9, 100.0}) {
    EXPECT_THAT(one.Percentile(p), Eq(1'000'000'007));
  }
  // All in one bucket, whose middle is above them.
  const HistogramSnapshot three = SnapshotOf({1 << 20, 1 << 20, 1 << 20});
  EXPECT_THAT(three.Percentile(50), Eq(1 << 20));
}

TEST(HistogramSnapshotTest, SaturatedRanksGiveTheLimitAndTheExactMax) {
  const int64_t limit = Histogram::kLimit;
  const HistogramSnapshot snapshot =
      SnapshotOf({5, limit + 10, limit + 20, limit + 30});
  EXPECT_THAT(snapshot.Percentile(25), Eq(5));
  EXPECT_THAT(snapshot.Percentile(75), Eq(limit));
  EXPECT_THAT(snapshot.Percentile(100), Eq(limit + 30));
}

TEST(HistogramSnapshotTest, MergeIsTheSameAsRecordingAllInOne) {
  std::vector<int64_t> all = RandomValues(4, 3'000);
  all.insert(all.end(), {-1, 0, Histogram::kLimit, Histogram::kLimit - 1});
  const auto middle = all.begin() + 1'000;
  HistogramSnapshot first = SnapshotOf({all.begin(), middle});
  const HistogramSnapshot second = SnapshotOf({middle, all.end()});
  HistogramSnapshot reversed = second;
  reversed.Merge(first);
  first.Merge(second);
  EXPECT_THAT(first, Eq(SnapshotOf(all)));
  EXPECT_THAT(reversed, Eq(SnapshotOf(all)));
}

TEST(HistogramSnapshotTest, MergingAnEmptyOneChangesNothing) {
  const HistogramSnapshot some = SnapshotOf({90, 100});
  HistogramSnapshot left = some;
  left.Merge(HistogramSnapshot());
  HistogramSnapshot right;
  right.Merge(some);
  EXPECT_THAT(left, Eq(some));
  EXPECT_THAT(right, Eq(some));
}

TEST(HistogramSnapshotTest, SparseHoldsOnlyBucketsWithSamples) {
  const HistogramSnapshot snapshot = SnapshotOf({63, 1, 63});
  EXPECT_THAT(snapshot.sparse().buckets,
              ElementsAre(Bucket{1, 1}, Bucket{63, 2}));
}

TEST(HistogramSnapshotTest, SurvivesSaving) {
  std::vector<int64_t> values = RandomValues(5, 1'000);
  values.push_back(std::numeric_limits<int64_t>::max());
  values.push_back(-3);
  const HistogramSnapshot snapshot = SnapshotOf(values);
  EXPECT_THAT(HistogramSnapshot::FromSparse(snapshot.sparse()),
              IsOkAndHolds(snapshot));
  EXPECT_THAT(HistogramSnapshot::FromSparse({}),
              IsOkAndHolds(HistogramSnapshot()));
}

TEST(HistogramSnapshotTest, RefusesContentsThatNoHistogramHas) {
  const std::vector<std::pair<Sparse, const char*>> table = {
      {{.buckets = {{-1, 1}}}, "bucket -1"},
      {{.buckets = {{1024, 1}}, .max = 1}, "bucket 1024"},
      {{.buckets = {{3, 1}, {3, 1}}, .min = 3, .max = 3}, "bucket 3 after 3"},
      {{.buckets = {{4, 1}, {3, 1}}, .min = 3, .max = 4}, "bucket 3 after 4"},
      {{.buckets = {{3, 0}}}, "bucket 3 is empty"},
      {{.buckets = {{3, 1}}, .sum = 3, .min = 4, .max = 3}, "min 4, max 3"},
      {{.buckets = {{3, 1}}, .sum = 3, .min = -1, .max = 3}, "min -1"},
      {{.buckets = {{3, 1}}, .sum = 3, .min = 4, .max = 4}, "outside min 4"},
      {{.buckets = {{3, 1}}, .sum = 3, .min = 2, .max = 2}, "max 2"},
      {{.saturated = 1, .sum = 9, .min = 9, .max = 9}, "max 9"},
      {{.sum = 1}, "no samples"},
      {{.max = 1}, "no samples"},
  };
  for (const auto& [sparse, why] : table) {
    EXPECT_THAT(HistogramSnapshot::FromSparse(sparse),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         ::testing::HasSubstr(why)));
  }
}

}  // namespace
}  // namespace ktstr
