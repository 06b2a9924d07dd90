// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/cpu_set.h"

#include <errno.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CpuSetTest, ParsesTheKernelsFormat) {
  EXPECT_THAT(CpuSet::Parse("0"), IsOkAndHolds(CpuSet({0})));
  EXPECT_THAT(CpuSet::Parse("0-3,8,10-14:2"),
              IsOkAndHolds(CpuSet({0, 1, 2, 3, 8, 10, 12, 14})));
  EXPECT_THAT(CpuSet::Parse("0-9:2/4"),
              IsOkAndHolds(CpuSet({0, 1, 4, 5, 8, 9})));
  EXPECT_THAT(CpuSet::Parse("3,1,2-3"), IsOkAndHolds(CpuSet({1, 2, 3})));
  EXPECT_THAT(CpuSet::Parse("5-5"), IsOkAndHolds(CpuSet({5})));
}

TEST(CpuSetTest, ParsesTheNewlineOfSysfs) {
  EXPECT_THAT(CpuSet::Parse("0-1\n"), IsOkAndHolds(CpuSet({0, 1})));
  EXPECT_THAT(CpuSet::Parse("0-1 \t\n"), IsOkAndHolds(CpuSet({0, 1})));
}

TEST(CpuSetTest, RefusesBadLists) {
  for (const char* list :
       {"3-1",     "a",       "1,,2", "1-",    "-1",    "1,",     ",1",
        ",",       "1-2-3",   "1--2", "+1",    " 1",    "1, 2",   "1 -2",
        "1\n2",    "0x1",     "1-3:", "1-3:0", "1-3:x", "1-3:2/", "1-3:/2",
        "1-3:3/2", "1-3:0/2", "1:2",  "all",   "1.5"}) {
    EXPECT_THAT(CpuSet::Parse(list),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(list)))
        << list;
  }
}

TEST(CpuSetTest, RefusesEmptyLists) {
  for (const char* list : {"", "\n", "  "}) {
    EXPECT_THAT(
        CpuSet::Parse(list),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("empty")))
        << list;
  }
}

TEST(CpuSetTest, RefusesHugeNumbers) {
  for (const char* list :
       {"0-99999999999", "65536", "18446744073709551616", "0-4294967296"}) {
    EXPECT_THAT(CpuSet::Parse(list),
                StatusIs(absl::StatusCode::kOutOfRange, HasSubstr(list)))
        << list;
  }
  EXPECT_THAT(CpuSet::Parse("65535"), IsOk());
}

TEST(CpuSetTest, ErrorSaysWhy) {
  EXPECT_THAT(
      CpuSet::Parse("0,3-1").status().message(),
      AllOf(HasSubstr("cpulist '0,3-1'"), HasSubstr("3-1 is reversed")));
}

TEST(CpuSetTest, PrintsWhatItParses) {
  for (const char* list : {"0", "0-1", "0-3,8,10-14", "1023-1025", "8191"}) {
    const absl::StatusOr<CpuSet> set = CpuSet::Parse(list);
    ASSERT_THAT(set, IsOk());
    EXPECT_EQ(set->ToString(), list);
  }
  EXPECT_EQ(CpuSet().ToString(), "");
}

TEST(CpuSetTest, HoldsNumbersBeyond1024) {
  CpuSet set = {0, 63, 64, 1023, 1024, 8191};
  EXPECT_EQ(set.Count(), 6u);
  EXPECT_TRUE(set.Contains(8191));
  EXPECT_FALSE(set.Contains(8190));
  EXPECT_FALSE(set.Contains(1'000'000));
  EXPECT_EQ(set.First(), 0u);
  EXPECT_EQ(set.Max(), 8191u);
  EXPECT_THAT(set.cpus(), ElementsAre(0, 63, 64, 1023, 1024, 8191));
  set.Remove(8191);
  EXPECT_EQ(set.Max(), 1024u);
}

TEST(CpuSetTest, EqualHoweverItCameAbout) {
  CpuSet set = {1};
  set.Add(5000);
  set.Remove(5000);
  set.Remove(7000);
  EXPECT_EQ(set, CpuSet({1}));
  set.Remove(1);
  EXPECT_EQ(set, CpuSet());
  EXPECT_TRUE(set.empty());
  EXPECT_NE(CpuSet({1}), CpuSet({1, 5000}));
}

TEST(CpuSetTest, CombinesSetsOfDifferentSize) {
  const CpuSet small = {0, 1};
  const CpuSet large = {1, 2000};
  EXPECT_EQ(small.Intersect(large), CpuSet({1}));
  EXPECT_EQ(large.Intersect(small), CpuSet({1}));
  EXPECT_EQ(small.Union(large), CpuSet({0, 1, 2000}));
  EXPECT_EQ(large.Union(small), CpuSet({0, 1, 2000}));
  EXPECT_EQ(small.Difference(large), CpuSet({0}));
  EXPECT_EQ(large.Difference(small), CpuSet({2000}));
  EXPECT_THAT(small.Difference(small).cpus(), IsEmpty());
}

TEST(CpuSetDeathTest, ChecksNumbersAndEmptiness) {
  EXPECT_DEATH(CpuSet({CpuSet::kLimit}), "cpu < kLimit");
  EXPECT_DEATH(CpuSet().First(), "empty");
  EXPECT_DEATH(CpuSet().Max(), "empty");
}

TEST(AffinityTest, ComesBackAsSet) {
  const absl::StatusOr<CpuSet> all = GetAffinity();
  ASSERT_THAT(all, IsOk());
  ASSERT_FALSE(all->empty());
  for (const uint32_t cpu : all->cpus()) {
    EXPECT_THAT(SetAffinity(0, {cpu}), IsOk());
    EXPECT_THAT(GetAffinity(), IsOkAndHolds(CpuSet({cpu})));
  }
  EXPECT_THAT(SetAffinity(0, *all), IsOk());
  EXPECT_THAT(GetAffinity(), IsOkAndHolds(*all));
}

TEST(AffinityTest, IsReadIntoASetThatHeldAnother) {
  CpuSet set = {0, 1, CpuSet::kLimit - 1};
  ASSERT_THAT(ReadAffinity(0, set), IsOk());
  EXPECT_THAT(GetAffinity(), IsOkAndHolds(set));
}

TEST(AffinityTest, LeavesOutCpusThatAreNotThere) {
  const absl::StatusOr<CpuSet> all = GetAffinity();
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(SetAffinity(0, all->Union({CpuSet::kLimit - 1})), IsOk());
  EXPECT_THAT(GetAffinity(), IsOkAndHolds(*all));
}

TEST(AffinityTest, RefusesSetsWithoutAnyCpu) {
  EXPECT_EQ(ErrnoOf(SetAffinity(0, CpuSet())), EINVAL);
  const absl::Status absent = SetAffinity(0, {CpuSet::kLimit - 1});
  EXPECT_EQ(ErrnoOf(absent), EINVAL);
  EXPECT_THAT(absent.message(), HasSubstr("'65535'"));
}

TEST(AffinityTest, SaysWhenThereIsNoSuchThread) {
  constexpr pid_t kNobody = 1 << 30;
  EXPECT_EQ(ErrnoOf(GetAffinity(kNobody).status()), ESRCH);
  EXPECT_EQ(ErrnoOf(SetAffinity(kNobody, {0})), ESRCH);
}

}  // namespace
}  // namespace ktstr
