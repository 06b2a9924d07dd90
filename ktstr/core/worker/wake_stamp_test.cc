// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Run it with --config=tsan as well.

#include "ktstr/core/worker/wake_stamp.h"

#include <atomic>
#include <cstdint>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;

TEST(WakeStampTest, ZeroedMemoryWasNeverStamped) {
  ZeroFilled<WakeStamp> stamp;
  EXPECT_THAT(stamp->Read().sequence, Eq(0));
}

TEST(WakeStampTest, ReadsBackTheLastOneWritten) {
  ZeroFilled<WakeStamp> stamp;
  stamp->Write({.sequence = 1, .time_ns = 10, .cpu = 3});
  stamp->Write({.sequence = 2, .time_ns = 20, .cpu = 5});
  const WakeStamp::Value value = stamp->Read();
  EXPECT_THAT(value.sequence, Eq(2));
  EXPECT_THAT(value.time_ns, Eq(20));
  EXPECT_THAT(value.cpu, Eq(5));
}

TEST(WakeStampTest, TornStampIsNone) {
  ZeroFilled<WakeStamp> stamp;
  stamp->Write({.sequence = 1, .time_ns = 10, .cpu = 3});
  // The first word is the sequence number that a write begins with: as if its
  // writer had been killed after it.
  reinterpret_cast<std::atomic<uint64_t>&>(*stamp).store(2);
  EXPECT_THAT(stamp->Read().sequence, Eq(0));
}

TEST(WakeStampTest, ConcurrentReaderSeesWholeStampsOrNone) {
  constexpr uint64_t kStamps = 200'000;
  ZeroFilled<WakeStamp> stamp;
  std::thread writer([&stamp] {
    for (uint64_t n = 1; n <= kStamps; ++n) {
      stamp->Write({.sequence = n,
                    .time_ns = static_cast<int64_t>(3 * n),
                    .cpu = static_cast<uint32_t>(n)});
    }
  });
  uint64_t last = 0;
  uint64_t wrong = 0;
  while (last < kStamps) {
    const WakeStamp::Value value = stamp->Read();
    if (value.sequence == 0) continue;
    if (value.sequence < last ||
        value.time_ns != static_cast<int64_t>(3 * value.sequence) ||
        value.cpu != static_cast<uint32_t>(value.sequence)) {
      ++wrong;
    }
    last = value.sequence;
  }
  writer.join();
  EXPECT_THAT(wrong, Eq(0));
  EXPECT_THAT(last, Ge(kStamps));
}

}  // namespace
}  // namespace ktstr
