// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_stats.h"

#include "gtest/gtest.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

constexpr char kV2[] =
    "usage_usec 3000\nuser_usec 2000\nsystem_usec 1000\nnice_usec 0\n"
    "nr_periods 20\nnr_throttled 5\nthrottled_usec 700\nnr_bursts 0\n";

CgroupStats StatsOf(const TempDir& folder) {
  CgroupStats stats;
  AddStatsOf(folder.path(), stats);
  return stats;
}

TEST(CgroupStatsTest, ReadsV2) {
  const TempDir folder;
  folder.Write("cpu.stat", kV2);
  folder.Write("cpu.pressure",
               "some avg10=0.00 avg60=0.00 avg300=0.00 total=90\n"
               "full avg10=0.00 avg60=0.00 avg300=0.00 total=8\n");
  const CgroupStats stats = StatsOf(folder);
  EXPECT_TRUE(stats.usage_known);
  EXPECT_EQ(stats.usage_ns, 3'000'000);
  EXPECT_EQ(stats.user_ns, 2'000'000);
  EXPECT_EQ(stats.system_ns, 1'000'000);
  EXPECT_TRUE(stats.bandwidth_known);
  EXPECT_EQ(stats.periods, 20);
  EXPECT_EQ(stats.throttled_periods, 5);
  EXPECT_EQ(stats.throttled_ns, 700'000);
  EXPECT_TRUE(stats.pressure_known);
  EXPECT_EQ(stats.some_stalled_ns, 90'000);
  EXPECT_EQ(stats.full_stalled_ns, 8'000);
}

TEST(CgroupStatsTest, ReadsV1) {
  const TempDir folder;
  folder.Write("cpu.stat", "nr_periods 2\nnr_throttled 1\nthrottled_time 55\n");
  folder.Write("cpuacct.usage", "30\n");
  folder.Write("cpuacct.usage_user", "20\n");
  folder.Write("cpuacct.usage_sys", "10\n");
  const CgroupStats stats = StatsOf(folder);
  EXPECT_TRUE(stats.usage_known);
  EXPECT_EQ(stats.usage_ns, 30);
  EXPECT_EQ(stats.user_ns, 20);
  EXPECT_EQ(stats.system_ns, 10);
  EXPECT_TRUE(stats.bandwidth_known);
  EXPECT_EQ(stats.throttled_ns, 55);
  EXPECT_FALSE(stats.pressure_known);
}

TEST(CgroupStatsTest, KnowsNothingOfAnEmptyFolder) {
  const TempDir folder;
  const CgroupStats stats = StatsOf(folder);
  EXPECT_FALSE(stats.usage_known);
  EXPECT_FALSE(stats.bandwidth_known);
  EXPECT_FALSE(stats.pressure_known);
}

TEST(CgroupStatsTest, KernelsBefore513KnowNoFullPressure) {
  const TempDir folder;
  folder.Write("cpu.pressure", "some avg10=0.00 total=9\n");
  EXPECT_TRUE(StatsOf(folder).pressure_known);
  EXPECT_EQ(StatsOf(folder).full_stalled_ns, 0);
}

TEST(CgroupStatsTest, MangledPressureIsUnknown) {
  const TempDir folder;
  folder.Write("cpu.pressure", "some avg10=0.00 total=\n");
  EXPECT_FALSE(StatsOf(folder).pressure_known);
}

TEST(CgroupStatsTest, DifferencesAreKnownWhereBothAre) {
  const TempDir folder;
  folder.Write("cpu.stat", kV2);
  const CgroupStats earlier = StatsOf(folder);
  CgroupStats later = earlier;
  later.usage_ns += 17;
  later.periods += 3;
  later.pressure_known = true;
  later.some_stalled_ns = 5;
  const CgroupStats delta = later - earlier;
  EXPECT_TRUE(delta.usage_known);
  EXPECT_EQ(delta.usage_ns, 17);
  EXPECT_EQ(delta.user_ns, 0);
  EXPECT_EQ(delta.periods, 3);
  EXPECT_FALSE(delta.pressure_known);
  EXPECT_EQ(delta.some_stalled_ns, 0);
}

}  // namespace
}  // namespace ktstr
