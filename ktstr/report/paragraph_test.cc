// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/paragraph.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using testing::Each;
using testing::Le;
using testing::ResultOf;

TEST(OneLineTest, TakesTheControlFromText) {
  EXPECT_EQ(OneLine("a\x1b[31mred\nb\tc\x7f"), "a [31mred b c ");
  EXPECT_EQ(OneLine("\xC2\x9B"
                    "31m"),
            " 31m");
}

TEST(OneLineTest, KeepsUtf8AndReplacesWhatIsNone) {
  EXPECT_EQ(OneLine("gr\xC3\xBC\xC3\x9F"
                    "e"),
            "gr\xC3\xBC\xC3\x9F"
            "e");
  EXPECT_EQ(OneLine("a\xFF\xC3"), "a??");
}

TEST(ColumnsOfTest, CountsCharactersNotBytes) {
  EXPECT_EQ(ColumnsOf("gr\xC3\xBC\xC3\x9F"
                      "e"),
            5u);
}

TEST(ClipTest, MarksWhatIsLost) {
  EXPECT_EQ(Clip("abcdef", 6), "abcdef");
  EXPECT_EQ(Clip("abcdefg", 6), "abcde~");
  EXPECT_EQ(Clip("\xC3\xBC\xC3\xBC\xC3\xBC", 2), "\xC3\xBC~");
}

TEST(ParagraphTest, BreaksBetweenWordsAndIndentsTheRest) {
  EXPECT_EQ(Paragraph("  PASS  ", 8, "one two three four five six", 28),
            "  PASS  one two three four\n"
            "        five six\n");
}

TEST(ParagraphTest, DoesNotCountTheColoursOfTheHead) {
  EXPECT_EQ(Paragraph("\x1b[32mPASS\x1b[0m ", 5, "twelve chars, again", 25),
            "\x1b[32mPASS\x1b[0m twelve chars, again\n");
}

TEST(ParagraphTest, BreaksAWordThatIsLongerThanALine) {
  EXPECT_EQ(Paragraph("x ", 2, std::string(45, 'y'), 22),
            "x yyyyyyyyyyyyyyyyyyyy\n"
            "  yyyyyyyyyyyyyyyyyyyy\n"
            "  yyyyy\n");
}

TEST(ParagraphTest, LeavesNoSpaceAtTheEnd) {
  EXPECT_EQ(Paragraph("  PASS  completed  ", 19, ""), "  PASS  completed\n");
}

TEST(ParagraphTest, KeepsToItsColumnsWhateverComes) {
  const std::string head(300, 'h');
  for (const std::string& text :
       {std::string(1000, 'w'), std::string("a b"), std::string()}) {
    const std::vector<std::string> lines =
        absl::StrSplit(Paragraph("head ", 5, text), '\n');
    EXPECT_THAT(lines, Each(ResultOf(ColumnsOf, Le(kTextColumns))));
  }
}

}  // namespace
}  // namespace ktstr
