// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/clock.h"

#include <time.h>

#include <cstdint>
#include <limits>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

constexpr char kSourceFile[] =
    "devices/system/clocksource/clocksource0/current_clocksource";
constexpr int64_t kSpanNs = 5'000'000;
constexpr int kStamps = 100'000;

TickClock::Reading Later(const TickClock::Reading& reading) {
  return {reading.ticks + 3'000'000, reading.ns + 1'000'000, 0};
}

TEST(MonotonicNanosTest, NeverGoesBack) {
  int64_t last = MonotonicNanos();
  for (int i = 0; i < kStamps; ++i) {
    const int64_t now = MonotonicNanos();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(ToNanosTest, CountsSecondsAndMicroseconds) {
  EXPECT_EQ(ToNanos({.tv_sec = 0, .tv_usec = 0}), 0);
  EXPECT_EQ(ToNanos({.tv_sec = 3, .tv_usec = 999'999}), 3'999'999'000);
}

TEST(ToTimespecTest, KeepsNanosecondsInRange) {
  const auto expect = [](int64_t ns, int64_t seconds, int64_t rest) {
    const struct timespec time = ToTimespec(ns);
    EXPECT_EQ(time.tv_sec, seconds) << ns;
    EXPECT_EQ(time.tv_nsec, rest) << ns;
  };
  expect(0, 0, 0);
  expect(1'500'000'000, 1, 500'000'000);
  expect(-1, -1, 999'999'999);
  expect(-1'000'000'000, -1, 0);
  expect(std::numeric_limits<int64_t>::max(), 9'223'372'036, 854'775'807);
}

// A scale that is wrong by one part in a thousand would leave the bracket that
// two readings of the kernel's clock make around each stamp.
TEST(TickClockTest, AgreesWithTheKernelsClock) {
  const TickClock clock = TickClock::Calibrate(kSpanNs);
  const int64_t begin = MonotonicNanos();
  for (int i = 0; i < kStamps; ++i) {
    const int64_t before = MonotonicNanos();
    const int64_t stamp = clock.Now();
    const int64_t after = MonotonicNanos();
    const int64_t allowed = 2'000 + (after - begin) / 1000;
    ASSERT_GE(stamp, before - allowed) << i;
    ASSERT_LE(stamp, after + allowed) << i;
  }
}

TEST(TickClockTest, NeverGoesBackOnOneCpu) {
  const absl::StatusOr<CpuSet> all = GetAffinity();
  ASSERT_THAT(all, IsOk());
  ASSERT_THAT(SetAffinity(0, {all->First()}), IsOk());
  const TickClock clock = TickClock::Calibrate(kSpanNs);
  int64_t last = clock.Now();
  for (int i = 0; i < kStamps; ++i) {
    const int64_t now = clock.Now();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_THAT(SetAffinity(0, *all), IsOk());
}

TEST(TickClockTest, ScalesBetweenTheReadings) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "the frequency is the architecture's, not the readings'";
#endif
  const TempDir sys;
  sys.Write(kSourceFile, "tsc\n");
  // Readings that say 2 ticks are 1 ns, up to now.
  const uint64_t ticks = OrderedTicks();
  const TickClock clock = TickClock::Between({ticks - 2'000'000, 0, 0},
                                             {ticks, 1'000'000, 0}, sys.path());
  ASSERT_TRUE(clock.uses_ticks());
  const uint64_t before = OrderedTicks();
  const int64_t stamp = clock.Now();
  const uint64_t after = OrderedTicks();
  EXPECT_GE(stamp, 1'000'000 + static_cast<int64_t>((before - ticks) / 2) - 1);
  EXPECT_LE(stamp, 1'000'000 + static_cast<int64_t>((after - ticks) / 2) + 1);
}

TEST(TickClockTest, StampsBeforeTheBaseAreEarlier) {
  const TickClock::Reading now = TickClock::Read();
  const TempDir sys;
  sys.Write(kSourceFile, "tsc\n");
  // A base some seconds ahead stands for another CPU's counter.
  const TickClock::Reading ahead = {now.ticks + 10'000'000'000,
                                    now.ns + 4'000'000'000, 0};
  const TickClock clock = TickClock::Between(now, ahead, sys.path());
  EXPECT_LT(clock.Now(), ahead.ns);
  EXPECT_GE(clock.Now(), now.ns);
}

// A clock that reads CLOCK_MONOTONIC itself stays within two readings of it.
void ExpectFallsBack(const TickClock& clock) {
  EXPECT_FALSE(clock.uses_ticks());
  const int64_t before = MonotonicNanos();
  const int64_t stamp = clock.Now();
  EXPECT_GE(stamp, before);
  EXPECT_LE(stamp, MonotonicNanos());
}

TEST(TickClockTest, FallsBackWhenTheKernelKeepsTimeOtherwise) {
  const TempDir sys;
  const TickClock::Reading reading = TickClock::Read();
  for (const char* source : {"kvm-clock\n", "hpet\n", "tsc2\n", ""}) {
    sys.Write(kSourceFile, source);
    ExpectFallsBack(TickClock::Between(reading, Later(reading), sys.path()));
  }
}

TEST(TickClockTest, FallsBackWithoutSysfs) {
  const TickClock::Reading reading = TickClock::Read();
  ExpectFallsBack(TickClock::Between(reading, Later(reading), "/nowhere"));
}

TEST(TickClockTest, FallsBackWhenNoTimePassed) {
  const TickClock::Reading reading = TickClock::Read();
  ExpectFallsBack(TickClock());
  ExpectFallsBack(TickClock::Between(reading, reading));
  ExpectFallsBack(TickClock::Between(Later(reading), reading));
}

TEST(TickClockTest, ReadingsAreTight) {
  const int64_t before = MonotonicNanos();
  const TickClock::Reading reading = TickClock::Read();
  EXPECT_GE(reading.ns, before);
  EXPECT_LE(reading.ns, MonotonicNanos());
  EXPECT_GE(reading.width_ns, 0);
  EXPECT_LE(reading.width_ns, MonotonicNanos() - before);
}

}  // namespace
}  // namespace ktstr
