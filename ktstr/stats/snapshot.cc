// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/snapshot.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/stats/histogram.h"

namespace ktstr {
namespace {

using Bucket = HistogramSnapshot::Bucket;
using Sparse = HistogramSnapshot::Sparse;

uint64_t CountOf(const Sparse& sparse) {
  uint64_t count = sparse.saturated;
  for (const Bucket& bucket : sparse.buckets) count += bucket.count;
  return count;
}

// A rank from 1 to count: the least that is not below p percent of count.
uint64_t NearestRank(double p, uint64_t count) {
  // 99.9 is not a binary fraction: of 41,000 it would come out as rank 40,960.
  constexpr double kRounding = 1 - 4 * std::numeric_limits<double>::epsilon();
  const double rank =
      std::ceil(p * static_cast<double>(count) / 100 * kRounding);
  if (!(rank > 1)) return 1;
  if (rank >= static_cast<double>(count)) return count;
  return static_cast<uint64_t>(rank);
}

std::vector<Bucket> Merged(const std::vector<Bucket>& a,
                           const std::vector<Bucket>& b) {
  std::vector<Bucket> all(a.size() + b.size());
  std::merge(
      a.begin(), a.end(), b.begin(), b.end(), all.begin(),
      [](const Bucket& x, const Bucket& y) { return x.index < y.index; });
  std::vector<Bucket> merged;
  for (const Bucket& bucket : all) {
    if (merged.empty() || merged.back().index != bucket.index) {
      merged.push_back(bucket);
    } else {
      merged.back().count += bucket.count;
    }
  }
  return merged;
}

absl::Status Impossible(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("histogram: ", why));
}

absl::Status CheckBuckets(const std::vector<Bucket>& buckets) {
  int previous = -1;
  for (const Bucket& bucket : buckets) {
    if (bucket.index <= previous || bucket.index >= Histogram::kBuckets) {
      return Impossible(absl::StrCat("bucket ", bucket.index, " after ",
                                     previous, ", of ", Histogram::kBuckets));
    }
    if (bucket.count == 0) {
      return Impossible(absl::StrCat("bucket ", bucket.index, " is empty"));
    }
    previous = bucket.index;
  }
  return absl::OkStatus();
}

// A snapshot of a running histogram may cover more than its buckets, never
// less.
absl::Status CheckExtremes(const Sparse& sparse) {
  if (sparse.min < 0 || sparse.min > sparse.max) {
    return Impossible(absl::StrCat("min ", sparse.min, ", max ", sparse.max));
  }
  const int64_t least =
      sparse.buckets.empty()
          ? std::numeric_limits<int64_t>::max()
          : Histogram::BucketLow(sparse.buckets.front().index + 1) - 1;
  const int64_t greatest =
      sparse.saturated > 0 ? Histogram::kLimit
                           : Histogram::BucketLow(sparse.buckets.back().index);
  if (sparse.min > least || sparse.max < greatest) {
    return Impossible(absl::StrCat("samples outside min ", sparse.min,
                                   " and max ", sparse.max));
  }
  return absl::OkStatus();
}

}  // namespace

HistogramSnapshot::HistogramSnapshot(Sparse sparse)
    : sparse_(std::move(sparse)), count_(CountOf(sparse_)) {}

HistogramSnapshot HistogramSnapshot::Of(const Histogram& histogram) {
  Sparse sparse;
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    const uint64_t count = histogram.bucket(i);
    if (count > 0) sparse.buckets.push_back({.index = i, .count = count});
  }
  sparse.saturated = histogram.saturated();
  sparse.negative = histogram.negative();
  // Before the first whole sample the other fields may hold half of one.
  if (CountOf(sparse) > 0) {
    sparse.sum = histogram.sum();
    sparse.min = histogram.min();
    sparse.max = histogram.max();
  }
  return HistogramSnapshot(std::move(sparse));
}

absl::StatusOr<HistogramSnapshot> HistogramSnapshot::FromSparse(Sparse sparse) {
  if (absl::Status status = CheckBuckets(sparse.buckets); !status.ok()) {
    return status;
  }
  if (CountOf(sparse) == 0) {
    if (sparse.sum != 0 || sparse.min != 0 || sparse.max != 0) {
      return Impossible("no samples, but a sum, min or max");
    }
  } else if (absl::Status status = CheckExtremes(sparse); !status.ok()) {
    return status;
  }
  return HistogramSnapshot(std::move(sparse));
}

void HistogramSnapshot::Merge(const HistogramSnapshot& other) {
  const Sparse& theirs = other.sparse_;
  if (!other.empty()) {
    sparse_.min = empty() ? theirs.min : std::min(sparse_.min, theirs.min);
    sparse_.max = std::max(sparse_.max, theirs.max);
  }
  sparse_.buckets = Merged(sparse_.buckets, theirs.buckets);
  sparse_.saturated += theirs.saturated;
  sparse_.negative += theirs.negative;
  sparse_.sum += theirs.sum;
  count_ += other.count_;
}

double HistogramSnapshot::Mean() const {
  if (empty()) return 0;
  return static_cast<double>(sparse_.sum) / static_cast<double>(count_);
}

int64_t HistogramSnapshot::Percentile(double p) const {
  if (empty()) return 0;
  const uint64_t rank = NearestRank(p, count_);
  if (rank == count_) return sparse_.max;
  if (rank == 1) return sparse_.min;
  int64_t value = Histogram::kLimit;
  uint64_t passed = 0;
  for (const Bucket& bucket : sparse_.buckets) {
    passed += bucket.count;
    if (passed < rank) continue;
    value = Histogram::BucketMid(bucket.index);
    break;
  }
  return std::clamp(value, sparse_.min, sparse_.max);
}

}  // namespace ktstr
