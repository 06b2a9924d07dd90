// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STATS_HISTOGRAM_H_
#define KTSTR_STATS_HISTOGRAM_H_

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace ktstr {

// Counts durations in log-linear buckets: exact below 64 ns, then 32 buckets
// per power of two, so that the middle of a bucket is at most 1/64 = 1.57 %
// away from any value in it. Fixed memory, no system call, about 1 ns a sample.
//
// It lives in memory shared with the supervisor. A zero-filled Histogram is a
// valid empty one: memory is used by address, nobody runs a constructor and
// nobody a destructor. One thread records; anybody may read at any time, also
// after the writer was killed, through HistogramSnapshot.
class alignas(64) Histogram final {
 public:
  static constexpr int kSubBucketBits = 5;  // 32 buckets per power of two.
  static constexpr int kValueBits = 36;     // Up to 68.7 s.
  static constexpr int kBuckets = (kValueBits - kSubBucketBits + 1)
                                  << kSubBucketBits;
  // Values from here on have no bucket: they count as saturated, and count and
  // sum and max include them.
  static constexpr int64_t kLimit = int64_t{1} << kValueBits;

  // The bucket of a value in [0, kLimit).
  static constexpr int BucketOf(int64_t value) {
    const uint64_t bits = static_cast<uint64_t>(value);
    const int shift =
        static_cast<int>(std::bit_width(bits | (1u << kSubBucketBits))) -
        kSubBucketBits - 1;
    return (shift << kSubBucketBits) + static_cast<int>(bits >> shift);
  }
  // The least value in a bucket; BucketLow(kBuckets) == kLimit.
  static constexpr int64_t BucketLow(int index) {
    if (index < 2 << kSubBucketBits) return index;
    const int shift = (index >> kSubBucketBits) - 1;
    return (int64_t{index} - (int64_t{shift} << kSubBucketBits)) << shift;
  }
  // The value that stands for all values of a bucket.
  static constexpr int64_t BucketMid(int index) {
    return BucketLow(index) + (BucketLow(index + 1) - BucketLow(index)) / 2;
  }

  // Counts one duration in ns. A negative one is a clock that went backwards,
  // not a sample: it is counted in negative() and nowhere else.
  void Record(int64_t ns) {
    if (ns < 0) [[unlikely]] {
      Add(negative_, 1, std::memory_order_relaxed);
      return;
    }
    // Relaxed: one writer needs no lock prefix, and the store to the bucket
    // below publishes these.
    const uint64_t value = static_cast<uint64_t>(ns);
    Add(count_, 1, std::memory_order_relaxed);
    Add(sum_, value, std::memory_order_relaxed);
    Raise(max_, value);
    Raise(inverse_min_, ~value);
    // Release (free on x86): who sees the sample in its bucket also sees it in
    // count, sum, min and max, so these always cover the buckets.
    Add(ns < kLimit ? buckets_[BucketOf(ns)] : saturated_, 1,
        std::memory_order_release);
  }

  // Reading, one field at a time. While somebody records, the fields are of
  // slightly different moments; read buckets first, as HistogramSnapshot does.
  uint64_t bucket(int index) const {
    return buckets_[index].load(std::memory_order_acquire);
  }
  uint64_t saturated() const {
    return saturated_.load(std::memory_order_acquire);
  }
  // Relaxed: ordered after the buckets by the acquire loads above.
  uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  uint64_t sum() const { return sum_.load(std::memory_order_relaxed); }
  uint64_t negative() const {
    return negative_.load(std::memory_order_relaxed);
  }
  // The exact extremes in ns. Before the first sample, int64 max and 0.
  int64_t min() const {
    return static_cast<int64_t>(
        ~inverse_min_.load(std::memory_order_relaxed) &
        static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
  }
  int64_t max() const {
    return static_cast<int64_t>(max_.load(std::memory_order_relaxed));
  }

 private:
  using Counter = std::atomic<uint64_t>;

  static void Add(Counter& counter, uint64_t amount, std::memory_order order) {
    // Relaxed: the only writer reads what it wrote itself.
    counter.store(counter.load(std::memory_order_relaxed) + amount, order);
  }
  static void Raise(Counter& counter, uint64_t value) {
    if (value > counter.load(std::memory_order_relaxed)) {
      counter.store(value, std::memory_order_relaxed);  // As in Record.
    }
  }

  Counter count_;
  Counter sum_;          // Wraps after 584 years of recorded time.
  Counter inverse_min_;  // ~min, so that zero means "no sample yet".
  Counter max_;
  Counter saturated_;
  Counter negative_;
  Counter buckets_[kBuckets];
};

static_assert(Histogram::kBuckets == 1024);
static_assert(sizeof(Histogram) <= 8448);
static_assert(std::is_standard_layout_v<Histogram>);
static_assert(std::is_trivially_destructible_v<Histogram>);
static_assert(std::atomic<uint64_t>::is_always_lock_free);

}  // namespace ktstr

#endif  // KTSTR_STATS_HISTOGRAM_H_
