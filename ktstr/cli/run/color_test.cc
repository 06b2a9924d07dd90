// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/color.h"

#include <unistd.h>

#include "gtest/gtest.h"
#include "ktstr/cli/flag_types.h"

namespace ktstr {
namespace {

TEST(ColorTest, IsAsAskedFor) {
  EXPECT_TRUE(UseColor(ColorMode::kAlways));
  EXPECT_FALSE(UseColor(ColorMode::kNever));
}

TEST(ColorTest, IsNotForFilesAndPipes) {
  if (isatty(STDOUT_FILENO)) GTEST_SKIP() << "standard output is a terminal";
  EXPECT_FALSE(UseColor(ColorMode::kAuto));
}

}  // namespace
}  // namespace ktstr
