// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/topology/cache_size.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/topology/fake_sysfs.h"

namespace ktstr {
namespace {

using ::testing::Eq;

void WriteCache(FakeSysfs& sysfs, const std::string& cache, const char* level,
                const char* size) {
  sysfs.Write("cpu/" + cache + "/level", level);
  sysfs.Write("cpu/" + cache + "/size", size);
}

TEST(CacheSizeTest, IsThatOfTheSecondLevel) {
  FakeSysfs sysfs;
  WriteCache(sysfs, "cpu0/cache/index0", "1", "48K");
  WriteCache(sysfs, "cpu0/cache/index1", "2", "1280K");
  WriteCache(sysfs, "cpu0/cache/index2", "3", "32768K");
  EXPECT_THAT(ReadL2Bytes(CpuSet({0}), sysfs.root()), Eq(1280 * 1024));
}

TEST(CacheSizeTest, IsTheLargestOfTheCpus) {
  FakeSysfs sysfs;
  WriteCache(sysfs, "cpu1/cache/index0", "2", "512K");
  WriteCache(sysfs, "cpu2/cache/index0", "2", "2048K");
  WriteCache(sysfs, "cpu3/cache/index0", "2", "4096K");
  EXPECT_THAT(ReadL2Bytes(CpuSet({0, 1, 2}), sysfs.root()), Eq(2048 * 1024));
}

TEST(CacheSizeTest, IsUnknownWhereTheKernelDoesNotTell) {
  EXPECT_THAT(ReadL2Bytes(CpuSet({0}), FakeSysfs().root()), Eq(0));
  FakeSysfs sysfs;
  WriteCache(sysfs, "cpu0/cache/index0", "1", "48K");
  EXPECT_THAT(ReadL2Bytes(CpuSet({0}), sysfs.root()), Eq(0));
  sysfs.Write("cpu/cpu0/cache/index1/level", "2");
  EXPECT_THAT(ReadL2Bytes(CpuSet({0}), sysfs.root()), Eq(0));
}

TEST(CacheSizeTest, IsUnknownIfItMakesNoSense) {
  for (const char* size : {"", "K", "1M", "-4K", "1024"}) {
    FakeSysfs sysfs;
    WriteCache(sysfs, "cpu0/cache/index0", "2", size);
    EXPECT_THAT(ReadL2Bytes(CpuSet({0}), sysfs.root()), Eq(0)) << size;
  }
}

}  // namespace
}  // namespace ktstr
