// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STATS_SNAPSHOT_H_
#define KTSTR_STATS_SNAPSHOT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/stats/histogram.h"

namespace ktstr {

// What a Histogram held at one moment, as an ordinary value: it can be copied,
// compared, merged with that of another worker, and saved. Holds only the
// buckets that have samples. Not for use by several threads at once.
//
// Taken while the writer records, its count is that of the buckets read, and
// min, max and sum cover at least these samples (sum perhaps a few more).
class HistogramSnapshot final {
 public:
  struct Bucket {
    int index = 0;
    uint64_t count = 0;
    bool operator==(const Bucket&) const = default;
  };
  // Everything that there is to save. Times in ns; all zero without samples
  // (negative may count on its own).
  struct Sparse {
    std::vector<Bucket> buckets = {};  // Ascending index, no empty ones.
    uint64_t saturated = 0;
    uint64_t negative = 0;
    uint64_t sum = 0;
    int64_t min = 0;
    int64_t max = 0;
    bool operator==(const Sparse&) const = default;
  };

  HistogramSnapshot() = default;
  static HistogramSnapshot Of(const Histogram& histogram);
  // Fails with kInvalidArgument when no histogram can have these contents.
  static absl::StatusOr<HistogramSnapshot> FromSparse(Sparse sparse);

  // Afterwards this is what recording both streams in one place would give.
  void Merge(const HistogramSnapshot& other);

  bool empty() const { return count_ == 0; }
  uint64_t count() const { return count_; }  // Including the saturated ones.
  uint64_t saturated() const { return sparse_.saturated; }
  uint64_t negative() const { return sparse_.negative; }
  uint64_t sum() const { return sparse_.sum; }
  int64_t min() const { return sparse_.min; }  // Exact; 0 when empty.
  int64_t max() const { return sparse_.max; }  // Exact; 0 when empty.
  double Mean() const;                         // 0 when empty.

  // The nearest-rank percentile, for 0 <= p <= 100: the least recorded value
  // that at least p percent of the samples do not exceed, to within 1.6 %, and
  // never outside [min, max]. The first and the last rank, hence p = 100, are
  // exact. A rank among saturated samples gives Histogram::kLimit, which is
  // then a lower bound. 0 when empty: ask empty() first.
  int64_t Percentile(double p) const;

  const Sparse& sparse() const { return sparse_; }
  bool operator==(const HistogramSnapshot&) const = default;

 private:
  explicit HistogramSnapshot(Sparse sparse);

  Sparse sparse_;
  uint64_t count_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_STATS_SNAPSHOT_H_
