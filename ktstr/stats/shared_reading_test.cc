// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What a reader sees while the one writer goes on. Run it with --config=tsan.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/stats/histogram.h"
#include "ktstr/stats/pair_counts.h"
#include "ktstr/stats/reservoir.h"
#include "ktstr/stats/ring.h"
#include "ktstr/stats/snapshot.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::Le;

constexpr int kReadings = 500;

// Runs write(0), write(1), … in a thread, from before the first call of read
// until after the last.
void ReadWhileWriting(absl::FunctionRef<void(uint32_t)> write,
                      absl::FunctionRef<void()> read) {
  std::atomic<uint32_t> written{0};
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (uint32_t i = 0; !stop.load(); ++i) {
      write(i);
      // Relaxed: must not order what is under test.
      written.store(i + 1, std::memory_order_relaxed);
    }
  });
  while (written.load(std::memory_order_relaxed) < 1000) {
    std::this_thread::yield();
  }
  for (int i = 0; i < kReadings; ++i) read();
  stop.store(true);
  writer.join();
}

TEST(SharedReadingTest, SnapshotsAreCoveredByLaterFields) {
  ZeroFilled<Histogram> histogram;
  uint64_t last_count = 0;
  ReadWhileWriting(
      // Ever further out on both sides, now and then beyond the range.
      [&](uint32_t i) {
        histogram->Record(i % 2 == 0 ? int64_t{i} << 16
                                     : int64_t{100'000'000} - i % 100'000'000);
      },
      [&] {
        const HistogramSnapshot snapshot = HistogramSnapshot::Of(*histogram);
        EXPECT_THAT(snapshot.count(), Le(histogram->count()));
        EXPECT_THAT(snapshot.count(), Ge(last_count));
        last_count = snapshot.count();
        // Checks that min and max cover the buckets.
        EXPECT_THAT(HistogramSnapshot::FromSparse(snapshot.sparse()), IsOk());
        double least_sum = 0;
        for (const auto& [index, count] : snapshot.sparse().buckets) {
          least_sum += static_cast<double>(Histogram::BucketLow(index)) *
                       static_cast<double>(count);
        }
        EXPECT_THAT(static_cast<double>(snapshot.sum()), Ge(least_sum));
      });
  EXPECT_THAT(last_count, Gt(0));
  EXPECT_THAT(HistogramSnapshot::Of(*histogram).count(),
              Eq(histogram->count()));
}

TEST(SharedReadingTest, RingGivesWholeConsecutiveEntries) {
  constexpr int kTries = 100;  // A ring is short: to be overtaken takes some.
  ZeroFilled<Ring> ring;
  uint64_t entries_read = 0;
  uint64_t out_of_place = 0;
  ReadWhileWriting(
      [&](uint32_t i) { ring->Add({.at_ns = i, .from = i, .to = i + 1}); },
      [&] {
        for (int i = 0; i < kTries; ++i) {
          const std::vector<Ring::Entry> entries = ring->Entries();
          entries_read += entries.size();
          for (size_t at = 0; at < entries.size(); ++at) {
            const auto n = static_cast<uint32_t>(entries[0].at_ns + at);
            if (entries[at] != Ring::Entry{n, n, n + 1}) ++out_of_place;
          }
        }
      });
  EXPECT_THAT(entries_read, Gt(0));
  EXPECT_THAT(out_of_place, Eq(0));
}

TEST(SharedReadingTest, PairsThatShowHaveACount) {
  ZeroFilled<PairCounts> counts;
  ReadWhileWriting([&](uint32_t i) { counts->Add(i % 300, 7); },
                   [&] {
                     for (const PairCounts::Entry& entry : counts->Entries()) {
                       EXPECT_THAT(entry.to, Eq(7));
                       EXPECT_THAT(entry.count, Ge(1));
                     }
                   });
  EXPECT_THAT(counts->lost(), Gt(0));
}

TEST(SharedReadingTest, SamplesComeFromTheStream) {
  constexpr uint32_t kCapacity = 100;
  ZeroFilled<Reservoir> reservoir(kCapacity * sizeof(int64_t));
  reservoir->Start(kCapacity, /*seed=*/1);
  ReadWhileWriting([&](uint32_t i) { reservoir->Record(13 * int64_t{i} + 5); },
                   [&] {
                     for (const int64_t value : reservoir->Samples()) {
                       EXPECT_THAT(value % 13, Eq(5));
                     }
                   });
  EXPECT_THAT(reservoir->seen(), Gt(kCapacity));
}

}  // namespace
}  // namespace ktstr
