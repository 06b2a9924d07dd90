// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/check.h"

#include <signal.h>

#include "gtest/gtest.h"

namespace ktstr {
namespace {

TEST(CheckTest, EvaluatesATrueConditionOnce) {
  int evaluated = 0;
  KTSTR_CHECK(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

TEST(CheckDeathTest, AbortsAndSaysWhere) {
  const int answer = 41;
  EXPECT_EXIT(KTSTR_CHECK(answer == 42), testing::KilledBySignal(SIGABRT),
              "check_test.cc:[1-9][0-9]*: KTSTR_CHECK failed: answer == 42");
}

}  // namespace
}  // namespace ktstr
