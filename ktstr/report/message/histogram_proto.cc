// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/message/histogram_proto.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/stats/histogram.h"
#include "ktstr/stats/snapshot.h"

namespace ktstr {

proto::Histogram ToProto(const HistogramSnapshot& snapshot) {
  proto::Histogram histogram;
  histogram.set_count(snapshot.count());
  histogram.set_sum_ns(snapshot.sum());
  histogram.set_saturated(snapshot.saturated());
  histogram.set_negative(snapshot.negative());
  histogram.set_sub_bucket_bits(Histogram::kSubBucketBits);
  for (const HistogramSnapshot::Bucket& bucket : snapshot.sparse().buckets) {
    histogram.add_bucket_index(static_cast<uint32_t>(bucket.index));
    histogram.add_bucket_count(bucket.count);
  }
  if (snapshot.empty()) return histogram;
  histogram.set_min_ns(snapshot.min());
  histogram.set_p50_ns(snapshot.Percentile(50));
  histogram.set_p90_ns(snapshot.Percentile(90));
  histogram.set_p99_ns(snapshot.Percentile(99));
  histogram.set_p999_ns(snapshot.Percentile(99.9));
  histogram.set_max_ns(snapshot.max());
  histogram.set_mean_ns(snapshot.Mean());
  return histogram;
}

absl::StatusOr<HistogramSnapshot> FromProto(const proto::Histogram& histogram) {
  const int buckets = histogram.bucket_index_size();
  if (histogram.sub_bucket_bits() != Histogram::kSubBucketBits ||
      histogram.bucket_count_size() != buckets) {
    return absl::InvalidArgumentError(absl::StrCat(
        "histogram with ", buckets, " indexes and ",
        histogram.bucket_count_size(), " counts of buckets, sub_bucket_bits ",
        histogram.sub_bucket_bits(), " instead of ",
        Histogram::kSubBucketBits));
  }
  HistogramSnapshot::Sparse sparse;
  sparse.saturated = histogram.saturated();
  sparse.negative = histogram.negative();
  sparse.sum = histogram.sum_ns();
  sparse.min = histogram.min_ns();
  sparse.max = histogram.max_ns();
  for (int i = 0; i < buckets; ++i) {
    // An index beyond int is no bucket, and FromSparse says so of -1.
    const uint32_t index = histogram.bucket_index(i);
    sparse.buckets.push_back(
        {.index = index < Histogram::kBuckets ? static_cast<int>(index) : -1,
         .count = histogram.bucket_count(i)});
  }
  return HistogramSnapshot::FromSparse(std::move(sparse));
}

}  // namespace ktstr
