// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/thread_settings.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

TEST(TimerSlackTest, ComesBackAsSet) {
  const absl::StatusOr<int64_t> before = GetTimerSlack();
  ASSERT_THAT(before, IsOk());
  for (const int64_t ns :
       {int64_t{1}, int64_t{50'000}, int64_t{5'000'000'000}}) {
    EXPECT_THAT(SetTimerSlack(ns), IsOk());
    EXPECT_THAT(GetTimerSlack(), IsOkAndHolds(ns));
  }
  EXPECT_THAT(SetTimerSlack(*before), IsOk());
}

TEST(TimerSlackTest, RefusesWhatPrctlWouldTakeForTheDefault) {
  EXPECT_THAT(SetTimerSlack(0), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(SetTimerSlack(-1), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ThreadNameTest, IsCutAt15Bytes) {
  EXPECT_THAT(SetThreadName("worker"), IsOk());
  EXPECT_THAT(ReadFileTrimmed("/proc/thread-self/comm"),
              IsOkAndHolds("worker"));
  EXPECT_THAT(SetThreadName("0123456789abcdefgh"), IsOk());
  EXPECT_THAT(ReadFileTrimmed("/proc/thread-self/comm"),
              IsOkAndHolds("0123456789abcde"));
}

TEST(DieWithParentTest, RefusesAParentThatIsGone) {
  absl::StatusOr<Child> child = Child::Spawn([] {
    return static_cast<int>(DieWithParent(/*expected_parent=*/getpid()).code());
  });
  ASSERT_THAT(child, IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(end->value, static_cast<int>(absl::StatusCode::kAborted));
}

// Tells its pid once it is bound to its parent, then sleeps for ever.
int BindAndTell(pid_t parent, int fd) {
  if (!DieWithParent(parent).ok()) return 1;
  const pid_t self = getpid();
  if (write(fd, &self, sizeof(self)) != sizeof(self)) return 2;
  while (true) pause();
}

TEST(DieWithParentTest, DiesWhenTheParentIsKilled) {
  // To reap the grandchild here, which otherwise is init's.
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
  const absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  absl::StatusOr<Child> parent = Child::Spawn([&pipe] {
    const pid_t self = getpid();
    const int fd = pipe->write_end.get();
    const absl::StatusOr<Child> child =
        Child::Spawn([self, fd] { return BindAndTell(self, fd); });
    while (child.ok()) pause();
    return 1;
  });
  ASSERT_THAT(parent, IsOk());
  pid_t grandchild = 0;
  ASSERT_EQ(read(pipe->read_end.get(), &grandchild, sizeof(grandchild)),
            static_cast<ssize_t>(sizeof(grandchild)));
  ASSERT_THAT(parent->Signal(SIGKILL), IsOk());
  ASSERT_THAT(parent->Reap(), IsOk());
  int status = 0;
  ASSERT_EQ(waitpid(grandchild, &status, /*options=*/0), grandchild);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

}  // namespace
}  // namespace ktstr
