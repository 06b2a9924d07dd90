// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/kick.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

TEST(KickTest, InterruptsABlockedRead) {
  ASSERT_THAT(InstallKickHandler(), IsOk());
  const absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  std::atomic<pid_t> tid{0};
  std::atomic<int> error{0};
  std::thread reader([&] {
    tid = gettid();
    char byte;
    error = read(pipe->read_end.get(), &byte, 1) < 0 ? errno : -1;
  });
  while (error == 0) {
    if (tid != 0) Kick(getpid(), tid).IgnoreError();
    sched_yield();
  }
  reader.join();
  EXPECT_EQ(error, EINTR);
}

TEST(KickTest, HarmsNobodyBeforeTheHandlerIsThere) {
  absl::StatusOr<Child> child = Child::Spawn([] {
    if (signal(kKickSignal, SIG_DFL) == SIG_ERR) return 1;
    return Kick(getpid(), gettid()).ok() ? 0 : 2;
  });
  ASSERT_THAT(child, IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(end->kind, ChildEnd::kExited);
  EXPECT_EQ(end->value, 0);
}

TEST(KickTest, InstallingUnblocksTheSignal) {
  sigset_t kick;
  sigemptyset(&kick);
  sigaddset(&kick, kKickSignal);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &kick, nullptr), 0);
  ASSERT_THAT(InstallKickHandler(), IsOk());
  sigset_t now;
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, nullptr, &now), 0);
  EXPECT_EQ(sigismember(&now, kKickSignal), 0);
}

TEST(KickTest, SaysWhenThereIsNoSuchThread) {
  constexpr pid_t kNobody = 1 << 30;
  EXPECT_EQ(ErrnoOf(Kick(kNobody, kNobody)), ESRCH);
}

}  // namespace
}  // namespace ktstr
