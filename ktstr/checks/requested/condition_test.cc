// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/requested/condition.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

TEST(ConditionTest, ReadsAPercentileOfAMetric) {
  EXPECT_THAT(ParseCondition("wake_latency.local.p999<500us"),
              IsOkAndHolds(AllOf(
                  Field(&Condition::name, "wake_latency.local.p999<500us"),
                  Field(&Condition::quantity, "wake_latency.local"),
                  Field(&Condition::statistic, "p999"),
                  Field(&Condition::percentile, testing::DoubleEq(99.9)),
                  Field(&Condition::unit, Unit::kNanos),
                  Field(&Condition::comparison, Comparison::kLess),
                  Field(&Condition::bound, 500e3))));
}

TEST(ConditionTest, ReadsWhatItIsNarrowedTo) {
  EXPECT_THAT(
      ParseCondition("  stressor=fast role=stage  gap.max >= 1.5ms "),
      IsOkAndHolds(AllOf(
          Field(&Condition::name, "stressor=fast,role=stage,gap.max>=1.5ms"),
          Field(&Condition::stressor, "fast"), Field(&Condition::role, "stage"),
          Field(&Condition::comparison, Comparison::kAtLeast),
          Field(&Condition::bound, 1.5e6))));
}

TEST(ConditionTest, ReadsItsOwnName) {
  EXPECT_THAT(ParseCondition("stressor=fast,role=stage,switches.count>3"),
              IsOkAndHolds(Field(&Condition::name,
                                 "stressor=fast,role=stage,switches.count>3")));
}

TEST(ConditionTest, ReadsRatesAndShares) {
  EXPECT_THAT(ParseCondition("iterations.rate>1000"),
              IsOkAndHolds(AllOf(Field(&Condition::unit, Unit::kPerSecond),
                                 Field(&Condition::bound, 1000))));
  EXPECT_THAT(ParseCondition("run_delay<=10.5%"),
              IsOkAndHolds(AllOf(Field(&Condition::unit, Unit::kPercent),
                                 Field(&Condition::bound, 10.5))));
  EXPECT_THAT(ParseCondition("gap.count>0"),
              IsOkAndHolds(Field(&Condition::unit, Unit::kCount)));
}

TEST(ConditionTest, ReadsFractionsAlsoInPercent) {
  for (const char* text : {"node_locality>0.9", "node_locality>90%"}) {
    EXPECT_THAT(
        ParseCondition(text),
        IsOkAndHolds(AllOf(Field(&Condition::name, text),
                           Field(&Condition::quantity, "node_locality"),
                           Field(&Condition::unit, Unit::kFraction),
                           Field(&Condition::bound, testing::DoubleEq(0.9)))));
  }
}

TEST(ConditionTest, ComparesAsWritten) {
  const auto holds = [](absl::string_view text, double value) {
    return Satisfies(value, *ParseCondition(text));
  };
  EXPECT_TRUE(holds("spread<15%", 14.9));
  EXPECT_FALSE(holds("spread<15%", 15));
  EXPECT_TRUE(holds("spread<=15%", 15));
  EXPECT_FALSE(holds("spread>15%", 15));
  EXPECT_TRUE(holds("spread>=15%", 15));
  EXPECT_TRUE(holds("spread>15%", 15.1));
}

struct BadCase {
  const char* text;
  const char* message;
};

constexpr BadCase kBad[] = {
    {"", "nothing is compared"},
    {"gap.max", "nothing is compared"},
    {"gap.max=2s", "nothing is compared"},
    {"gap.max<", "'' is not a duration"},
    {"gap.max<5", "'5' is not a duration such as 500us"},
    {"gap.max<-5s", "'-5s' is not a duration"},
    {"gap.max<inf", "'inf' is not a duration"},
    {"gap.max<2s,", "'2s,' is not a duration"},
    {"gap.max<<2s", "'<2s' is not a duration"},
    {"gap<2s", "gap is compared by .count, .mean, .min, .p50"},
    {"gap.p0<2s", "gap is compared by"},
    {"gap.p100<2s", "gap is compared by"},
    {"gap.p9x<2s", "gap is compared by"},
    {"gap.rate<2s", "gap is compared by"},
    {"wake_latency.remote<2s", "wake_latency.remote is compared by .count"},
    {"gap.count<2s", "'2s' is not a number"},
    {"gap.count<", "'' is not a number"},
    {"gap.count<0x10", "'0x10' is not a number"},
    {"iterations>10", "iterations is compared by .rate or .count"},
    {"iterations.rate>inf", "'inf' is not a number"},
    {"iterations.rate>-1", "'-1' is not a number"},
    {"spread<15", "'15' is not a percentage such as 15%"},
    {"spread.max<15%", "spread is one number, without .max"},
    {"node_locality>90", "'90' is not a share such as 0.9 or 90%"},
    {"node_locality>101%", "'101%' is not a share"},
    {"node_locality>", "'' is not a share"},
    {"node_locality>%", "'%' is not a share"},
    {"node_locality>nan", "'nan' is not a share"},
    {"node_locality.max>0.9", "node_locality is one number, without .max"},
    {"cgroup_share>0.9", "there is no quantity 'cgroup_share'"},
    {"wake_latncy.p99<1ms", "(did you mean 'wake_latency'?); to compare: "},
    {"#<1", "there is no quantity '#'"},
    {"role= gap.max<2s", "after role= and stressor= comes a name"},
    {"role=a", "after role= and stressor= comes a name"},
    {"role=# gap.max<2s", "after role= and stressor= comes a name"},
};

using ConditionBadTest = TestWithParam<BadCase>;

TEST_P(ConditionBadTest, IsRefusedInOneLine) {
  EXPECT_THAT(ParseCondition(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(StartsWith("'"), HasSubstr(GetParam().message),
                             testing::Not(HasSubstr("\n")))));
}

INSTANTIATE_TEST_SUITE_P(Table, ConditionBadTest, ValuesIn(kBad));

}  // namespace
}  // namespace ktstr
