// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/live_line.h"

#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/core/live_view.h"
#include "ktstr/stats/histogram.h"
#include "ktstr/stats/snapshot.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

HistogramSnapshot Times(int64_t ns) {
  const auto histogram = std::make_unique<Histogram>();
  histogram->Record(ns);
  return HistogramSnapshot::Of(*histogram);
}

LiveView TwoStressors() {
  LiveView view;
  view.elapsed_ns = 2'300'000'000;
  view.stressors = {{.alias = "wake_chain",
                     .workers = 4,
                     .alive = 3,
                     .iterations = 1'867'600,
                     .wake_latency = Times(33'100)},
                    {.alias = "spin_wait",
                     .workers = 2,
                     .alive = 2,
                     .iterations = 230,
                     .wake_latency = {}}};
  return view;
}

TEST(FormatLiveLineTest, ShowsEachStressor) {
  EXPECT_EQ(FormatLiveLine(TwoStressors(), absl::Seconds(5), 120),
            "2.30s of 5.00s  wake_chain: 3 of 4 alive, 812k/s, "
            "p99 wake-up 33.1us  spin_wait: 2 of 2 alive, 100/s");
}

TEST(FormatLiveLineTest, KeepsToTheTerminal) {
  EXPECT_EQ(FormatLiveLine(TwoStressors(), absl::Seconds(5), 30),
            "2.30s of 5.00s  wake_chain: 3~");
}

TEST(FormatLiveLineTest, HasNoRateBeforeTheStart) {
  LiveView view = TwoStressors();
  view.elapsed_ns = 0;
  view.stressors.erase(view.stressors.begin());
  EXPECT_EQ(FormatLiveLine(view, absl::Seconds(5), 80),
            "0ns of 5.00s  spin_wait: 2 of 2 alive, -/s");
}

TEST(LiveLineTest, ReplacesTheLineBefore) {
  EXPECT_EQ(DrawLiveLine("abc"), "\rabc\x1b[K");
  EXPECT_EQ(EraseLiveLine(), "\r\x1b[K");
}

TEST(TerminalColumnsTest, IsZeroForAPipe) {
  absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  EXPECT_EQ(TerminalColumns(pipe->write_end.get()), 0u);
}

}  // namespace
}  // namespace ktstr
