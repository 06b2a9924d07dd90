// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/histogram_proto.h"

#include <memory>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/stats/histogram.h"
#include "ktstr/stats/snapshot.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

HistogramSnapshot OneToThousand() {
  const auto histogram = std::make_unique<Histogram>();
  for (int i = 1; i <= 1000; ++i) histogram->Record(i * 1000);
  histogram->Record(Histogram::kLimit + 5);
  histogram->Record(-1);
  return HistogramSnapshot::Of(*histogram);
}

TEST(HistogramProtoTest, ComesBackAsItWas) {
  EXPECT_THAT(FromProto(ToProto(OneToThousand())),
              IsOkAndHolds(OneToThousand()));
  EXPECT_THAT(FromProto(ToProto(HistogramSnapshot())),
              IsOkAndHolds(HistogramSnapshot()));
}

TEST(HistogramProtoTest, CarriesThePercentiles) {
  const HistogramSnapshot snapshot = OneToThousand();
  const proto::Histogram histogram = ToProto(snapshot);
  EXPECT_EQ(histogram.count(), 1001u);
  EXPECT_EQ(histogram.saturated(), 1u);
  EXPECT_EQ(histogram.negative(), 1u);
  EXPECT_EQ(histogram.min_ns(), 1000);
  EXPECT_EQ(histogram.p50_ns(), snapshot.Percentile(50));
  EXPECT_EQ(histogram.p90_ns(), snapshot.Percentile(90));
  EXPECT_EQ(histogram.p99_ns(), snapshot.Percentile(99));
  EXPECT_EQ(histogram.p999_ns(), snapshot.Percentile(99.9));
  EXPECT_EQ(histogram.max_ns(), Histogram::kLimit + 5);
  EXPECT_EQ(histogram.mean_ns(), snapshot.Mean());
}

TEST(HistogramProtoTest, HasNoPercentilesWithoutSamples) {
  const proto::Histogram histogram = ToProto(HistogramSnapshot());
  EXPECT_FALSE(histogram.has_min_ns());
  EXPECT_FALSE(histogram.has_p50_ns());
  EXPECT_FALSE(histogram.has_max_ns());
  EXPECT_FALSE(histogram.has_mean_ns());
}

TEST(HistogramProtoTest, RefusesWhatNoHistogramHolds) {
  proto::Histogram uneven = ToProto(OneToThousand());
  uneven.add_bucket_index(1023);
  EXPECT_THAT(FromProto(uneven), StatusIs(absl::StatusCode::kInvalidArgument));

  proto::Histogram no_such_bucket = ToProto(OneToThousand());
  no_such_bucket.add_bucket_index(4'000'000'000);
  no_such_bucket.add_bucket_count(1);
  EXPECT_THAT(FromProto(no_such_bucket),
              StatusIs(absl::StatusCode::kInvalidArgument));

  proto::Histogram other_scale = ToProto(OneToThousand());
  other_scale.set_sub_bucket_bits(6);
  EXPECT_THAT(FromProto(other_scale),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
