// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/command/shell_words.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ShellWordsTest, SplitsAtBlanks) {
  EXPECT_THAT(ShellWords("  scx_simple\t-f  -v "),
              IsOkAndHolds(ElementsAre("scx_simple", "-f", "-v")));
  EXPECT_THAT(ShellWords(""), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ShellWords("  "), IsOkAndHolds(IsEmpty()));
}

TEST(ShellWordsTest, KeepsBlanksInQuotes) {
  EXPECT_THAT(ShellWords(R"('a b'"c d" e\ f)"),
              IsOkAndHolds(ElementsAre("a bc d", "e f")));
  EXPECT_THAT(ShellWords(R"(a '' "")"), IsOkAndHolds(ElementsAre("a", "", "")));
}

TEST(ShellWordsTest, TakesBackslashesAsAShellDoes) {
  EXPECT_THAT(ShellWords(R"("a\"b" "c\d" 'e\f' \\)"),
              IsOkAndHolds(ElementsAre("a\"b", "c\\d", "e\\f", "\\")));
}

TEST(ShellWordsTest, RefusesWhatIsNotClosed) {
  for (const char* text : {"'a", "\"a", "a\\", "a 'b\" c", "\"a\\"}) {
    EXPECT_THAT(ShellWords(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                           HasSubstr("is not closed")))
        << text;
  }
}

}  // namespace
}  // namespace ktstr
