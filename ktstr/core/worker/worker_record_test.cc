// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/worker_record.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/metric.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Le;

constexpr size_t kLine = 64;

TEST(FixedTextTest, KeepsWhatFits) {
  FixedText<8> text = {};
  EXPECT_THAT(text.view(), Eq(""));
  text.Set("1234567");
  EXPECT_THAT(text.view(), Eq("1234567"));
  text.Set("12");
  EXPECT_THAT(text.view(), Eq("12"));
}

TEST(FixedTextTest, CutsWithThreeDots) {
  FixedText<8> text = {};
  text.Set("12345678");
  EXPECT_THAT(text.view(), Eq("1234..."));
  text.Set(std::string(1000, 'x'));
  EXPECT_THAT(text.view(), Eq("xxxx..."));
}

TEST(RecordLayoutTest, TakesAtMost64KibOfEachWorker) {
  const RecordLayout layout = {kMaxMetricsPerWorker, 0};
  EXPECT_THAT(layout.BytesPerWorker(), Le(64 * 1024));
}

TEST(RecordLayoutTest, ZeroedMemoryIsAnEmptyRecord) {
  ZeroFilled<WorkerRecord> record;
  EXPECT_THAT(record->phase.load(), Eq(WorkerPhase::kUnborn));
  EXPECT_THAT(record->failure.view(), Eq(""));
  EXPECT_THAT(record->migration_counts.Entries(), testing::IsEmpty());
  EXPECT_THAT(record->counters_at_end.usage_known, Eq(false));
}

// The parts of all workers, as [begin, end) in bytes from the base.
struct Part {
  size_t begin;
  size_t end;
};

std::vector<Part> PartsOf(const RecordLayout& layout, char* base,
                          size_t workers) {
  std::vector<Part> parts;
  const auto add = [&](const void* at, size_t size) {
    const auto begin = static_cast<size_t>(static_cast<const char*>(at) - base);
    parts.push_back({begin, begin + size});
  };
  for (size_t i = 0; i < workers; ++i) {
    add(&layout.Record(base, i), sizeof(WorkerRecord));
    for (size_t m = 0; m < layout.metrics; ++m) {
      add(&layout.HistogramOf(base, i, m), sizeof(Histogram));
    }
    for (size_t m = 0; layout.samples != 0 && m < layout.metrics; ++m) {
      add(&layout.ReservoirOf(base, i, m), Reservoir::BytesFor(layout.samples));
    }
  }
  return parts;
}

TEST(RecordLayoutTest, PartsHaveCacheLinesOfTheirOwn) {
  for (const uint32_t samples : {0, 1, 7, 1000}) {
    const RecordLayout layout = {3, samples};
    const size_t bytes = 2 * layout.BytesPerWorker();
    alignas(kLine) static char base[1 << 20];
    ASSERT_THAT(bytes, Le(sizeof(base)));
    size_t end = 0;
    for (const Part& part : PartsOf(layout, base, 2)) {
      EXPECT_THAT(part.begin % kLine, Eq(0));
      EXPECT_THAT(end, Le(part.begin));
      end = part.end;
    }
    EXPECT_THAT(end, Le(bytes));
  }
}

}  // namespace
}  // namespace ktstr
