// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/layout/quoted.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/repeated_field.h"
#include "gtest/gtest.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;

using Lines = google::protobuf::RepeatedPtrField<std::string>;

Lines Numbered(int count) {
  Lines lines;
  for (int i = 1; i <= count; ++i) *lines.Add() = absl::StrCat("line ", i);
  return lines;
}

TEST(QuotedTest, SaysNothingOfNothing) {
  EXPECT_EQ(Quoted("console", {}, 3, Keep::kLast), "");
}

TEST(QuotedTest, PutsEachLineBehindABar) {
  EXPECT_EQ(Quoted("console", Numbered(2), 2, Keep::kLast),
            "  console       | line 1\n"
            "                | line 2\n");
}

TEST(QuotedTest, KeepsTheLastLines) {
  EXPECT_EQ(Quoted("console", Numbered(5), 2, Keep::kLast),
            "  console       (3 lines before these)\n"
            "                | line 4\n"
            "                | line 5\n");
}

TEST(QuotedTest, KeepsTheFirstLines) {
  EXPECT_EQ(Quoted("kernel log", Numbered(5), 2, Keep::kFirst),
            "  kernel log    | line 1\n"
            "                | line 2\n"
            "                (and 3 more)\n");
}

TEST(QuotedTest, KeepsBlanksButNothingThatSteersATerminal) {
  Lines lines;
  *lines.Add() = "  a\x1b[2J   b\r\n  ";
  *lines.Add() = "";
  *lines.Add() = "bytes \xff\xfe";
  EXPECT_EQ(Quoted("console", lines, 5, Keep::kLast),
            "  console       |   a [2J   b\n"
            "                |\n"
            "                | bytes ??\n");
}

TEST(QuotedTest, BreaksLongLinesAndCutsEndlessOnes) {
  Lines lines;
  *lines.Add() = std::string(1'000'000, 'x');
  const std::string text = Quoted("console", lines, 5, Keep::kLast);
  const std::vector<std::string> shown =
      absl::StrSplit(text, '\n', absl::SkipEmpty());
  EXPECT_EQ(shown.size(), 3u);
  EXPECT_THAT(shown, Each(ResultOf(ColumnsOf, Le(kTextColumns))));
  EXPECT_THAT(shown.back(), HasSubstr("x~"));
  EXPECT_THAT(shown.front(), Not(HasSubstr("~")));
}

}  // namespace
}  // namespace ktstr
