// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/random_cpus.h"

#include <cstdint>
#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"

namespace ktstr {
namespace {

using ::testing::_;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::Le;
using ::testing::Pair;
using ::testing::SizeIs;

TEST(RandomCpusTest, AreAsManyAsAsked) {
  const CpuSet cpus = {1, 5, 70, 4000};
  for (uint32_t count = 0; count <= 4; ++count) {
    const CpuSet chosen = RandomCpus(cpus, count, /*seed=*/3, /*worker=*/2);
    EXPECT_THAT(chosen.Count(), Eq(count));
    EXPECT_THAT(chosen.Difference(cpus), Eq(CpuSet()));
  }
}

// A report that names its seed can be run again by a later version.
TEST(RandomCpusTest, StayTheSameFromVersionToVersion) {
  const CpuSet cpus = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_THAT(RandomCpus(cpus, 3, /*seed=*/1, /*worker=*/0).ToString(),
              Eq("0,3-4"));
  EXPECT_THAT(RandomCpus(cpus, 3, /*seed=*/1, /*worker=*/1).ToString(),
              Eq("1-2,5"));
  EXPECT_THAT(RandomCpus(cpus, 3, /*seed=*/2, /*worker=*/0).ToString(),
              Eq("2,5-6"));
}

// Of 6 choices each is expected 1000 times, with a standard deviation of 29.
TEST(RandomCpusTest, ChoicesAreEquallyLikely) {
  std::map<std::string, int> by_worker;
  std::map<std::string, int> by_seed;
  for (uint64_t i = 0; i < 6000; ++i) {
    const CpuSet cpus = {0, 1, 2, 3};
    ++by_worker[RandomCpus(cpus, 2, /*seed=*/1, /*worker=*/i).ToString()];
    ++by_seed[RandomCpus(cpus, 2, /*seed=*/i, /*worker=*/0).ToString()];
  }
  EXPECT_THAT(by_worker, SizeIs(6));
  EXPECT_THAT(by_worker, Each(Pair(_, AllOf(Ge(880), Le(1120)))));
  EXPECT_THAT(by_seed, SizeIs(6));
  EXPECT_THAT(by_seed, Each(Pair(_, AllOf(Ge(880), Le(1120)))));
}

TEST(RandomCpusDeathTest, ThereAreNoMoreThanAll) {
  EXPECT_DEATH(RandomCpus(CpuSet{0}, 2, /*seed=*/1, /*worker=*/0), "count");
}

}  // namespace
}  // namespace ktstr
