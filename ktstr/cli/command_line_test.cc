// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/command_line.h"

#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/flag_types.h"
#include "ktstr/testing/status_matchers.h"

ABSL_FLAG(bool, loud, false, "");
ABSL_FLAG(absl::Duration, length, absl::ZeroDuration(), "");
ABSL_FLAG(uint32_t, how_many, 1, "");
ABSL_FLAG(std::string, name, "", "");
ABSL_FLAG(ktstr::TextList, rule, {}, "");
ABSL_FLAG(ktstr::ColorMode, paint, ktstr::ColorMode::kAuto, "");

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

class CommandLineTest : public testing::Test {
 private:
  absl::FlagSaver saver_;
};

TEST_F(CommandLineTest, TakesFlagsAndWordsInAnyOrder) {
  const auto line = ParseCommandLine(
      {"list", "--name=a=b", "depth=8", "--how_many", "3", "--loud", "x"});
  ASSERT_THAT(line, IsOk());
  EXPECT_THAT(line->words, ElementsAre("list", "depth=8", "x"));
  EXPECT_THAT(line->given_flags, ElementsAre("how_many", "loud", "name"));
  EXPECT_THAT(absl::GetFlag(FLAGS_name), "a=b");
  EXPECT_THAT(absl::GetFlag(FLAGS_how_many), 3);
  EXPECT_TRUE(absl::GetFlag(FLAGS_loud));
}

TEST_F(CommandLineTest, TakesNegatedBooleans) {
  absl::SetFlag(&FLAGS_loud, true);
  EXPECT_THAT(ParseCommandLine({"--noloud"}), IsOk());
  EXPECT_FALSE(absl::GetFlag(FLAGS_loud));
}

TEST_F(CommandLineTest, TakesDashesForUnderscores) {
  EXPECT_THAT(ParseCommandLine({"-how-many=7"}), IsOk());
  EXPECT_THAT(absl::GetFlag(FLAGS_how_many), 7);
}

TEST_F(CommandLineTest, LetsTheLastOfTwoCount) {
  EXPECT_THAT(ParseCommandLine({"--how_many=7", "--how_many=8"}), IsOk());
  EXPECT_THAT(absl::GetFlag(FLAGS_how_many), 8);
}

TEST_F(CommandLineTest, AddsUpLists) {
  EXPECT_THAT(ParseCommandLine({"--rule=a<1", "--rule", "b<2 ; c<3"}), IsOk());
  EXPECT_THAT(absl::GetFlag(FLAGS_rule).texts,
              ElementsAre("a<1", "b<2", "c<3"));
}

TEST_F(CommandLineTest, TakesEverythingAfterTwoDashesAsWords) {
  const auto line = ParseCommandLine({"--loud", "--", "--name=x", "-"});
  ASSERT_THAT(line, IsOk());
  EXPECT_THAT(line->words, ElementsAre("--name=x", "-"));
  EXPECT_THAT(absl::GetFlag(FLAGS_name), "");
}

TEST_F(CommandLineTest, TakesNothing) {
  const auto line = ParseCommandLine({});
  ASSERT_THAT(line, IsOk());
  EXPECT_THAT(line->words, IsEmpty());
}

struct BadCase {
  std::vector<const char*> args;
  const char* message;
};

class CommandLineBadTest : public TestWithParam<BadCase> {
 private:
  absl::FlagSaver saver_;
};

TEST_P(CommandLineBadTest, IsRefusedWithTheReason) {
  EXPECT_THAT(ParseCommandLine(GetParam().args),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, CommandLineBadTest,
    ValuesIn(std::vector<BadCase>{
        {{"--lenght=5s"}, "there is no flag --lenght (did you mean 'length'?)"},
        {{"--zzzzzz"}, "there is no flag --zzzzzz"},
        {{"--=5"}, "there is no flag --"},
        {{"--noname"}, "there is no flag --noname (did you mean 'name'?)"},
        {{"--noloud=true"}, "--noloud takes no value"},
        {{"--loud=perhaps"}, "--loud=perhaps: it is true or false"},
        {{"--length"}, "--length needs a value"},
        {{"--length=5"},
         "--length=5: a duration needs a unit, as in 5s or 5ms"},
        {{"--length", "500"},
         "--length=500: a duration needs a unit, as in 500s or 500ms"},
        {{"--length="}, "--length=: it is a duration such as 500ms, 5s or 2m"},
        {{"--length=5 s"},
         "--length=5 s: it is a duration such as 500ms, 5s or 2m"},
        {{"--how_many=-1"},
         "--how_many=-1: it is a whole number from 0 to 4294967295"},
        {{"--how_many=1.5"},
         "--how_many=1.5: it is a whole number from 0 to 4294967295"},
        {{"--how_many=4294967296"},
         "--how_many=4294967296: it is a whole number from 0 to 4294967295"},
        {{"--paint=allways"},
         "--paint=allways: it is one of auto, always, never (did you mean "
         "'always'?)"},
    }));

}  // namespace
}  // namespace ktstr
