// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/interrupts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ne;

constexpr absl::Duration kEachIsARequest = absl::ZeroDuration();

bool Readable(int fd) {
  struct pollfd wanted = {.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&wanted, 1, /*timeout=*/0) == 1;
}

TEST(InterruptsTest, HasNothingToTakeAtFirst) {
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
  ASSERT_THAT(interrupts, IsOk());
  EXPECT_THAT(Readable(interrupts->fd()), Eq(false));
  EXPECT_THAT(interrupts->Take(), Eq(0));
  EXPECT_THAT(interrupts->first(), Eq(0));
}

TEST(InterruptsTest, TurnsEachSignalIntoSomethingToTake) {
  for (const int signo : {SIGINT, SIGTERM, SIGHUP}) {
    signal(signo, SIG_DFL);  // Whoever started the test may ignore it.
    absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
    ASSERT_THAT(interrupts, IsOk());
    ASSERT_THAT(kill(getpid(), signo), Eq(0));
    EXPECT_THAT(Readable(interrupts->fd()), Eq(true));
    EXPECT_THAT(interrupts->Take(), Eq(signo));
    EXPECT_THAT(interrupts->Take(), Eq(0));
  }
}

TEST(InterruptsTest, TakesSignalsOfOneRequestAsOne) {
  absl::StatusOr<Interrupts> interrupts =
      Interrupts::Create(/*same_request=*/absl::Hours(1));
  ASSERT_THAT(interrupts, IsOk());
  ASSERT_THAT(kill(getpid(), SIGTERM), Eq(0));
  EXPECT_THAT(interrupts->Take(), Eq(SIGTERM));
  ASSERT_THAT(kill(getpid(), SIGTERM), Eq(0));
  ASSERT_THAT(kill(getpid(), SIGINT), Eq(0));
  EXPECT_THAT(interrupts->Take(), Eq(0));
}

TEST(InterruptsTest, RemembersTheFirst) {
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create(kEachIsARequest);
  ASSERT_THAT(interrupts, IsOk());
  ASSERT_THAT(kill(getpid(), SIGTERM), Eq(0));
  EXPECT_THAT(interrupts->Take(), Eq(SIGTERM));
  ASSERT_THAT(kill(getpid(), SIGINT), Eq(0));
  EXPECT_THAT(interrupts->Take(), Eq(SIGINT));
  EXPECT_THAT(interrupts->first(), Eq(SIGTERM));
}

TEST(InterruptsTest, LeavesAloneWhatIsIgnored) {
  ASSERT_THAT(signal(SIGHUP, SIG_IGN), Ne(SIG_ERR));
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
  ASSERT_THAT(interrupts, IsOk());
  ASSERT_THAT(kill(getpid(), SIGHUP), Eq(0));
  EXPECT_THAT(Readable(interrupts->fd()), Eq(false));
  ASSERT_THAT(signal(SIGHUP, SIG_DFL), Ne(SIG_ERR));
}

TEST(InterruptsDeathTest, KillAgainWhenLet) {
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create(kEachIsARequest);
  ASSERT_THAT(interrupts, IsOk());
  ASSERT_THAT(kill(getpid(), SIGTERM), Eq(0));
  ASSERT_THAT(interrupts->LetKill(), IsOk());  // And takes the one above.
  EXPECT_THAT(interrupts->first(), Eq(SIGTERM));
  EXPECT_EXIT(kill(getpid(), SIGTERM), testing::KilledBySignal(SIGTERM), "");
}

TEST(InterruptsDeathTest, DoNotKillForTheSameRequest) {
  absl::StatusOr<Interrupts> interrupts =
      Interrupts::Create(/*same_request=*/absl::Hours(1));
  ASSERT_THAT(interrupts, IsOk());
  ASSERT_THAT(kill(getpid(), SIGTERM), Eq(0));
  EXPECT_THAT(interrupts->Take(), Eq(SIGTERM));
  EXPECT_EXIT(
      {
        if (!interrupts->LetKill().ok()) _exit(1);
        kill(getpid(), SIGTERM);  // As timeout(1) does.
        _exit(7);
      },
      testing::ExitedWithCode(7), "");
}

TEST(InterruptsTest, ClosedOutputIsAnError) {
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
  ASSERT_THAT(interrupts, IsOk());
  absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  pipe->read_end.reset();
  EXPECT_THAT(write(pipe->write_end.get(), "x", 1), Eq(-1));
  EXPECT_THAT(errno, Eq(EPIPE));
}

}  // namespace
}  // namespace ktstr
