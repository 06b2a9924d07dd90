// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/cache_walk.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;

// How often the whole lines of `area` were touched, where no cell ran over.
std::vector<int> TouchesByLine(const std::vector<uint8_t>& area) {
  std::vector<int> lines(area.size() / CacheWalk::kLineBytes);
  for (size_t i = 0; i < lines.size() * CacheWalk::kLineBytes; ++i) {
    lines[i / CacheWalk::kLineBytes] += area[i];
  }
  return lines;
}

TEST(CacheWalkTest, GoesOnWhereItStopped) {
  std::vector<uint8_t> area(256);
  CacheWalk walk(absl::MakeSpan(area), /*stride=*/64);
  walk.Walk(3);
  EXPECT_THAT(TouchesByLine(area), ElementsAre(1, 1, 1, 0));
  walk.Walk(3);
  EXPECT_THAT(TouchesByLine(area), ElementsAre(2, 2, 1, 1));
}

TEST(CacheWalkTest, BeginsALineLaterAfterARoundThatLeftLinesOut) {
  std::vector<uint8_t> area(256);
  CacheWalk walk(absl::MakeSpan(area), /*stride=*/128);
  walk.Walk(2);
  EXPECT_THAT(TouchesByLine(area), ElementsAre(1, 0, 1, 0));
  walk.Walk(3);
  EXPECT_THAT(TouchesByLine(area), ElementsAre(2, 1, 1, 1));
}

TEST(CacheWalkTest, TouchesAllInTheStepsThatItSays) {
  for (const size_t bytes : {1, 63, 64, 65, 1000, 4096, 32'768, 200'001}) {
    for (const size_t stride : {1, 7, 64, 65, 100, 128, 4096, 100'000}) {
      std::vector<uint8_t> area(bytes);
      CacheWalk walk(absl::MakeSpan(area), stride);
      walk.Walk(CacheWalk::StepsForAll(bytes, stride));
      EXPECT_THAT(TouchesByLine(area), Each(Gt(0)))
          << bytes << " bytes, stride " << stride;
    }
  }
}

TEST(CacheWalkTest, AStrideBeyondTheAreaVisitsLineAfterLine) {
  std::vector<uint8_t> area(192);
  CacheWalk walk(absl::MakeSpan(area), std::numeric_limits<size_t>::max());
  walk.Walk(4);
  EXPECT_THAT(TouchesByLine(area), ElementsAre(2, 1, 1));
}

}  // namespace
}  // namespace ktstr
