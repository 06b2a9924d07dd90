// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/command/line_tail.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr size_t kRoom = 1000;

// The one line that `bytes` come to.
std::string Line(absl::string_view bytes) {
  LineTail tail(1, kRoom);
  tail.Append(bytes);
  tail.Flush();
  EXPECT_THAT(tail.lines(), SizeIs(1));
  return tail.lines().empty() ? "" : tail.lines().front();
}

TEST(LineTailTest, KeepsTheLastLines) {
  LineTail tail(2, kRoom);
  tail.Append("one\ntwo\nthree\n");
  EXPECT_THAT(tail.lines(), ElementsAre("two", "three"));
}

TEST(LineTailTest, TellsOfEachLineOnce) {
  LineTail tail(1, kRoom);
  std::vector<std::string> told;
  const auto tell = [&told](absl::string_view line) {
    told.emplace_back(line);
  };
  tail.Append("one\nt", tell);
  EXPECT_THAT(told, ElementsAre("one"));
  tail.Append("wo\n\nthr", tell);
  tail.Append("ee", tell);
  EXPECT_THAT(told, ElementsAre("one", "two", ""));
  tail.Flush(tell);
  tail.Flush(tell);
  EXPECT_THAT(told, ElementsAre("one", "two", "", "three"));
}

TEST(LineTailTest, HasNoLineOfNothing) {
  LineTail tail(2, kRoom);
  tail.Append("");
  tail.Flush();
  EXPECT_THAT(tail.lines(), IsEmpty());
}

TEST(LineTailTest, LeavesTextAsItIs) {
  EXPECT_EQ(Line("gr\xC3\xBC\xC3\x9F, \xFF~"), "gr\xC3\xBC\xC3\x9F, \xFF~");
}

TEST(LineTailTest, DropsCarriageReturns) {
  EXPECT_EQ(Line("one\r\r\n"), "one");
  EXPECT_EQ(Line("10%\r20%"), "10%20%");
}

TEST(LineTailTest, ReplacesControlBytes) {
  EXPECT_EQ(Line(absl::string_view("a\tb\0c\x07\x7F", 7)), "a b?c??");
}

TEST(LineTailTest, DropsEscapeSequences) {
  EXPECT_EQ(Line("\x1B[1;31mred\x1B[0m"), "red");
  EXPECT_EQ(Line("\x1B"
                 "c\x1B(B\x1B[?25l\x1B[2Jboot"),
            "boot");
  EXPECT_EQ(Line("\x1B]0;a title\x07text"), "text");
  EXPECT_EQ(Line("\x1B]8;;file:x\x1B\\link"), "link");
  EXPECT_EQ(Line("\x1B\x1B[0mtwice"), "twice");
}

TEST(LineTailTest, FindsEscapeSequencesThatAreCutAnywhere) {
  constexpr absl::string_view kBytes = "a\x1B[31mb\x1B]0;t\x1B\\c\r\nd\n";
  for (size_t cut = 0; cut <= kBytes.size(); ++cut) {
    LineTail tail(2, kRoom);
    tail.Append(kBytes.substr(0, cut));
    tail.Append(kBytes.substr(cut));
    EXPECT_THAT(tail.lines(), ElementsAre("abc", "d")) << cut;
  }
}

TEST(LineTailTest, UnendedEscapeSequenceCostsItsLineOnly) {
  for (const char* begin : {"\x1B", "\x1B[", "\x1B[12;", "\x1B]0;"}) {
    LineTail tail(2, kRoom);
    tail.Append(absl::StrCat("one", begin, "\ntwo\n"));
    EXPECT_THAT(tail.lines(), ElementsAre("one", "two")) << begin + 1;
  }
}

TEST(LineTailTest, CountsWhatALineHasNoRoomFor) {
  LineTail tail(3, /*max_line_bytes=*/4);
  tail.Append("full\nlonger\r\nnext\n");
  EXPECT_THAT(tail.lines(), ElementsAre("full", "long (2 more bytes)", "next"));
}

TEST(LineTailTest, SurvivesALineWithoutEnd) {
  LineTail tail(2, /*max_line_bytes=*/4);
  const std::string chunk(1 << 16, 'x');
  for (int i = 0; i < 256; ++i) tail.Append(chunk);
  tail.Flush();
  EXPECT_THAT(tail.lines(), ElementsAre("xxxx (16777212 more bytes)"));
}

TEST(LineTailTest, SurvivesGarbage) {
  constexpr size_t kMaxLine = 80;
  LineTail tail(10, kMaxLine);
  uint32_t state = 1;
  for (int i = 0; i < 1 << 20; ++i) {
    state = state * 1664525 + 1013904223;  // Any sequence with all bytes.
    tail.Append(std::string(1, static_cast<char>(state >> 24)));
  }
  EXPECT_THAT(tail.lines(), SizeIs(10));
  for (const std::string& line : tail.lines()) {
    EXPECT_LE(line.size(),
              kMaxLine + absl::string_view(" (99999 more bytes)").size());
    EXPECT_THAT(line, Each(AllOf(testing::Not('\r'), testing::Not('\x1B'),
                                 testing::Not('\0'))));
  }
}

}  // namespace
}  // namespace ktstr
