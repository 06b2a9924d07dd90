// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/human.h"

#include <cstdint>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using testing::SizeIs;

TEST(HumanNanosTest, KeepsThreeDigitsInTheUnitThatSuits) {
  EXPECT_EQ(HumanNanos(0), "0ns");
  EXPECT_EQ(HumanNanos(7), "7ns");
  EXPECT_EQ(HumanNanos(999), "999ns");
  EXPECT_EQ(HumanNanos(1274), "1.27us");
  EXPECT_EQ(HumanNanos(33'100), "33.1us");
  EXPECT_EQ(HumanNanos(812'000), "812us");
  EXPECT_EQ(HumanNanos(4'110'000), "4.11ms");
  EXPECT_EQ(HumanNanos(5e9), "5.00s");
  EXPECT_EQ(HumanNanos(61e9), "61.0s");
}

TEST(HumanNanosTest, TurnsToTheNextUnitWhereRoundingWouldNeedFourDigits) {
  EXPECT_EQ(HumanNanos(999.4), "999ns");
  EXPECT_EQ(HumanNanos(999'400), "999us");
  EXPECT_EQ(HumanNanos(999'600), "1.00ms");
  EXPECT_EQ(HumanNanos(9'996), "10.0us");
  EXPECT_EQ(HumanNanos(99'960), "100us");
}

TEST(HumanNanosTest, CountsLongTimesInMinutesHoursDaysAndYears) {
  EXPECT_EQ(HumanNanos(999e9), "999s");
  EXPECT_EQ(HumanNanos(1002e9), "16.7min");
  EXPECT_EQ(HumanNanos(1e13), "2.78h");
  EXPECT_EQ(HumanNanos(1e15), "11.6d");
  EXPECT_EQ(HumanNanos(9.2e18), "292y");
}

TEST(HumanNanosTest, ShowsThatAClockWentBack) {
  EXPECT_EQ(HumanNanos(-33'100), "-33.1us");
  EXPECT_EQ(HumanNanos(-2), "-2ns");
}

TEST(HumanTest, ShowsADashForWhatWasNotMeasured) {
  EXPECT_EQ(HumanNanos(kNotMeasured), "-");
  EXPECT_EQ(HumanCount(kNotMeasured), "-");
  EXPECT_EQ(HumanShare(kNotMeasured), "-");
  EXPECT_EQ(HumanRate(kNotMeasured, 1e9), "-");
  EXPECT_EQ(HumanRate(5, 0), "-");
  EXPECT_EQ(HumanRate(5, -1), "-");
}

TEST(HumanTest, StaysShortForAbsurdValues) {
  constexpr double kHuge = std::numeric_limits<double>::max();
  constexpr auto kInt64 =
      static_cast<double>(std::numeric_limits<int64_t>::max());
  for (double value : {kHuge, -kHuge, kInt64, -kInt64, 1e-300, -1e-300,
                       std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(HumanNanos(value), SizeIs(testing::Le(10u))) << value;
    EXPECT_THAT(HumanCount(value), SizeIs(testing::Le(10u))) << value;
    EXPECT_THAT(HumanShare(value), SizeIs(testing::Le(10u))) << value;
  }
}

TEST(HumanCountTest, KeepsThreeDigits) {
  EXPECT_EQ(HumanCount(0), "0");
  EXPECT_EQ(HumanCount(7), "7");
  EXPECT_EQ(HumanCount(12.1), "12.1");
  EXPECT_EQ(HumanCount(0.214), "0.21");
  EXPECT_EQ(HumanCount(999), "999");
  EXPECT_EQ(HumanCount(9'812), "9.81k");
  EXPECT_EQ(HumanCount(812'345), "812k");
  EXPECT_EQ(HumanCount(1'234'567), "1.23M");
  EXPECT_EQ(HumanCount(5e18), "5.00E");
}

TEST(HumanRateTest, DividesBySeconds) {
  EXPECT_EQ(HumanRate(812'345 * 5, 5e9), "812k");
  EXPECT_EQ(HumanRate(1, 2e9), "0.50");
}

TEST(HumanShareTest, IsInPercent) {
  EXPECT_EQ(HumanShare(0), "0%");
  EXPECT_EQ(HumanShare(0.00001), "<0.01%");
  EXPECT_EQ(HumanShare(0.0051), "0.51%");
  EXPECT_EQ(HumanShare(0.0512), "5.12%");
  EXPECT_EQ(HumanShare(0.498), "49.8%");
  EXPECT_EQ(HumanShare(1), "100%");
  EXPECT_EQ(HumanShare(25.2), "2520%");
}

}  // namespace
}  // namespace ktstr
