// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/layout/table.h"

#include <string>

#include "gtest/gtest.h"

namespace ktstr {
namespace {

TEST(TableTest, AlignsNamesLeftAndNumbersRight) {
  Table table(/*names=*/2, /*name_columns=*/10);
  table.Add({"role", "metric", "p50", "max"});
  table.Add({"waker", "gap", "1.27us", "4.11ms"});
  table.Add({"", "wake-up", "33.1us", "-"});
  EXPECT_EQ(table.Render(2),
            "  role   metric      p50     max\n"
            "  waker  gap      1.27us  4.11ms\n"
            "         wake-up  33.1us       -\n");
}

TEST(TableTest, ClipsNamesAndNeverNumbers) {
  Table table(/*names=*/1, /*name_columns=*/4);
  table.Add({"name", "count"});
  table.Add({"abcdef", "1234567890"});
  EXPECT_EQ(table.Render(0),
            "name       count\n"
            "abc~  1234567890\n");
}

TEST(TableTest, LetsRowsEndEarly) {
  Table table(/*names=*/1, /*name_columns=*/10);
  table.Add({"name", "count"});
  table.Add({"x"});
  EXPECT_EQ(table.Render(1), " name  count\n x\n");
}

}  // namespace
}  // namespace ktstr
