// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/thread_handle.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;

std::atomic<pid_t> last_receiver{0};

TEST(ThreadHandleTest, ReachesAThreadOfThisProcess) {
  struct sigaction action = {};
  action.sa_handler = [](int) { last_receiver = gettid(); };
  struct sigaction old;
  ASSERT_THAT(sigaction(SIGUSR2, &action, &old), Eq(0));
  std::atomic<pid_t> tid{0};
  std::thread other([&tid] {
    tid = gettid();
    while (last_receiver == 0) sched_yield();
  });
  while (tid == 0) sched_yield();
  const absl::StatusOr<ThreadHandle> handle = ThreadHandle::Open(getpid(), tid);
  ASSERT_THAT(handle, IsOk());
  EXPECT_THAT(handle->Signal(SIGUSR2), IsOk());
  other.join();
  EXPECT_THAT(last_receiver.load(), Eq(tid.load()));
  EXPECT_THAT(ErrnoOf(handle->Signal(SIGUSR2)), Eq(ESRCH));
  ASSERT_THAT(sigaction(SIGUSR2, &old, nullptr), Eq(0));
}

TEST(ThreadHandleTest, ReachesAnotherProcessAndNoneAfterIt) {
  absl::StatusOr<Child> child = Child::Spawn([] {
    for (;;) pause();
    return 0;
  });
  ASSERT_THAT(child, IsOk());
  const absl::StatusOr<ThreadHandle> handle =
      ThreadHandle::Open(child->pid(), child->pid());
  ASSERT_THAT(handle, IsOk());
  EXPECT_THAT(handle->Signal(SIGTERM), IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_THAT(end->value, Eq(SIGTERM));
  EXPECT_THAT(ErrnoOf(handle->Signal(SIGTERM)), Eq(ESRCH));
}

TEST(ThreadHandleTest, RefusesOtherThreadsOfOtherProcesses) {
  EXPECT_THAT(ThreadHandle::Open(getppid(), getpid()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
