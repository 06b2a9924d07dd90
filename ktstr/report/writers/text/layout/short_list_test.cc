// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/layout/short_list.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

TEST(ShortListTest, CountsWhatItDoesNotShow) {
  ShortList list("lost");
  EXPECT_EQ(list.Render(), "");
  for (int i = 1; i <= 5; ++i) list.Add(absl::StrCat("line ", i));
  EXPECT_EQ(list.Render(),
            "  lost          line 1\n"
            "                line 2\n"
            "                line 3\n"
            "                line 4\n"
            "                line 5\n");
  list.Add("line 6");
  list.Add("line 7");
  EXPECT_TRUE(absl::EndsWith(list.Render(),
                             "                line 5\n"
                             "                and 2 more\n"));
}

TEST(GroupedTest, SaysTheSameOnce) {
  Grouped grouped;
  EXPECT_EQ(grouped.Render("refused"), "");
  grouped.Add("nice", "a 0", "no right");
  grouped.Add("nice", "a 1", "no right");
  grouped.Add("nice", "a 2", "no right");
  grouped.Add("nice", "b 3");
  grouped.Add("slack", "a 0", "no right");
  grouped.Add("nice", "b 4");
  EXPECT_EQ(grouped.Render("refused"),
            "  refused       nice (a 0 and 2 others): no right\n"
            "                nice (b 3 and 1 other)\n"
            "                slack (a 0): no right\n");
}

}  // namespace
}  // namespace ktstr
