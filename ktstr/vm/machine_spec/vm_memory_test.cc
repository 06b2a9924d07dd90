// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/machine_spec/vm_memory.h"

#include <cstdint>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/machine_spec/vm_spec.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;

constexpr int64_t kMebi = int64_t{1} << 20;
constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kRange = absl::StatusCode::kOutOfRange;

TEST(VmMemoryTest, ReadsPowersOf1024) {
  EXPECT_THAT(ParseMemory("512M"), IsOkAndHolds(512 * kMebi));
  EXPECT_THAT(ParseMemory("2g"), IsOkAndHolds(2048 * kMebi));
  EXPECT_THAT(ParseMemory("16T"), IsOkAndHolds(int64_t{16} << 40));
  EXPECT_THAT(ParseMemory("1m"), IsOkAndHolds(kMebi));
}

struct BadMemory {
  const char* text;
  absl::StatusCode code;
};

constexpr BadMemory kBadMemories[] = {
    {"", kInvalid},
    {"M", kInvalid},
    {"512", kInvalid},
    {"512K", kInvalid},
    {"512MB", kInvalid},
    {"512MiB", kInvalid},
    {"-1G", kInvalid},
    {"+1G", kInvalid},
    {"1.5G", kInvalid},
    {" 1G", kInvalid},
    {"1 G", kInvalid},
    {"1G ", kInvalid},
    {"0x10M", kInvalid},
    {"all", kInvalid},
    {"0M", kRange},
    {"000T", kRange},
    {"17T", kRange},
    {"16385G", kRange},
    {"9223372036854775807M", kRange},
    {"99999999999999999999T", kRange},
};

TEST(VmMemoryTest, RefusesWhatIsNoSize) {
  for (const BadMemory& bad : kBadMemories) {
    SCOPED_TRACE(bad.text);
    EXPECT_THAT(ParseMemory(bad.text),
                StatusIs(bad.code, AllOf(HasSubstr(bad.text),
                                         HasSubstr("as in 512M or 2G"))));
  }
}

TEST(VmMemoryTest, GivesEveryNodeWholeHugePages) {
  EXPECT_THAT(FitMemory(512 * kMebi, {3, 1, 1, 1}), IsOkAndHolds(516 * kMebi));
  EXPECT_THAT(FitMemory(512 * kMebi, {2, 1, 1, 1}), IsOkAndHolds(512 * kMebi));
  EXPECT_THAT(FitMemory(kLeastNodeBytes + 1, {}),
              IsOkAndHolds(kLeastNodeBytes + kHugePageBytes));
}

TEST(VmMemoryTest, SaysHowMuchIsNeeded) {
  EXPECT_THAT(FitMemory(512 * kMebi, {4, 1, 1, 1}), IsOkAndHolds(512 * kMebi));
  EXPECT_THAT(FitMemory(511 * kMebi, {4, 1, 1, 1}),
              StatusIs(kRange, Eq("511M is too little memory for 4n1l1c1t: a "
                                  "node needs at least 128M, so 512M in all")));
}

TEST(VmMemoryTest, GrowsWithTheCpus) {
  EXPECT_THAT(DefaultMemory({1, 1, 1, 1}), Eq(576 * kMebi));
  EXPECT_THAT(DefaultMemory({2, 1, 2, 2}), Eq(1024 * kMebi));
  EXPECT_THAT(DefaultMemory({1, 1, 64, 1}), Eq(4608 * kMebi));
  EXPECT_THAT(DefaultMemory({3, 1, 1, 1}), Eq(708 * kMebi));
  EXPECT_THAT(DefaultMemory({64, 1, 1, 1}), Eq(64 * kLeastNodeBytes));
}

TEST(VmMemoryTest, DefaultNeedsNoFitting) {
  for (const VmPreset& preset : VmPresets()) {
    const int64_t bytes = DefaultMemory(preset.spec);
    EXPECT_THAT(FitMemory(bytes, preset.spec), IsOkAndHolds(bytes));
    EXPECT_THAT(bytes / preset.spec.nodes, Ge(kLeastNodeBytes));
  }
}

}  // namespace
}  // namespace ktstr
