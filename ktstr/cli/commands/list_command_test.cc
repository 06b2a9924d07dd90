// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/list_command.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/plan/fake_stressors.h"

namespace ktstr {
namespace {

TEST(ListCommandTest, HasALineForEachStressor) {
  EXPECT_EQ(ListStressors(FakeStressors()),
            R"(spin  workers that burn their CPU
wake  one worker wakes another, again and again, until both are exhausted, and
      then they stop
)");
}

TEST(ListCommandTest, TellsMoreOnRequest) {
  EXPECT_THAT(ListStressorsLong(FakeStressors()),
              testing::AllOf(testing::StartsWith("spin: workers that burn"),
                             testing::HasSubstr("\n\nwake: one worker"),
                             testing::HasSubstr("\n    depth=2     ")));
}

}  // namespace
}  // namespace ktstr
