// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/exiting_child.h"

#include <errno.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::Gt;

TEST(ExitingChildTest, ExitsWithItsCodeAndWasAProcessOfItsOwn) {
  const pid_t pid = ForkExitingChild(/*exit_code=*/7);
  ASSERT_THAT(pid, Gt(0));
  ReapedChild child = {};
  ASSERT_THAT(ReapChild(pid, &child), Eq(0));
  EXPECT_THAT(child.how.si_pid, Eq(pid));
  EXPECT_THAT(child.how.si_code, Eq(CLD_EXITED));
  EXPECT_THAT(child.how.si_status, Eq(7));
  // It has memory of its own: its first write to the stack copies a page.
  EXPECT_THAT(child.usage.ru_minflt, Ge(1));
}

TEST(ExitingChildTest, ReapsNoOtherChild) {
  const pid_t first = ForkExitingChild(1);
  const pid_t second = ForkExitingChild(2);
  ASSERT_THAT(first, Gt(0));
  ASSERT_THAT(second, Gt(0));
  ReapedChild child = {};
  ASSERT_THAT(ReapChild(second, &child), Eq(0));
  EXPECT_THAT(child.how.si_status, Eq(2));
  ASSERT_THAT(ReapChild(first, &child), Eq(0));
  EXPECT_THAT(child.how.si_status, Eq(1));
  EXPECT_THAT(ReapChild(first, &child), Eq(-1));
  EXPECT_THAT(errno, Eq(ECHILD));
}

}  // namespace
}  // namespace ktstr
