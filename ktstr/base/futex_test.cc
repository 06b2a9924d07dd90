// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/futex.h"

#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <limits>
#include <new>
#include <thread>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/kick.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

// Waits once on a word that stays 0, in a thread of its own.
class Waiter {
 public:
  Waiter()
      : thread_([this] {
          tid_ = gettid();
          end_ = FutexWait(word_, /*expected=*/0);
          done_ = true;
        }) {}

  std::atomic<uint32_t>& word() { return word_; }
  pid_t tid() const { return tid_; }
  bool done() const { return done_; }
  absl::StatusOr<FutexWaitEnd> Join() {
    thread_.join();
    return end_;
  }

 private:
  std::atomic<uint32_t> word_{0};
  std::atomic<pid_t> tid_{0};
  std::atomic<bool> done_{false};
  absl::StatusOr<FutexWaitEnd> end_;
  std::thread thread_;
};

// Wakes until there was somebody to wake.
void WakeOne(std::atomic<uint32_t>& word) {
  while (true) {
    const absl::StatusOr<int> woken = FutexWake(word, /*count=*/1);
    ASSERT_THAT(woken, IsOk());
    ASSERT_LE(*woken, 1);
    if (*woken == 1) return;
    sched_yield();
  }
}

TEST(FutexTest, WaitSeesThatTheValueDiffers) {
  std::atomic<uint32_t> word{1};
  EXPECT_THAT(FutexWait(word, 0), IsOkAndHolds(FutexWaitEnd::kValueDiffered));
}

TEST(FutexTest, WaitIsWoken) {
  Waiter waiter;
  WakeOne(waiter.word());
  EXPECT_THAT(waiter.Join(), IsOkAndHolds(FutexWaitEnd::kWoken));
}

TEST(FutexTest, WaitIsInterruptedByAKick) {
  ASSERT_THAT(InstallKickHandler(), IsOk());
  Waiter waiter;
  while (!waiter.done()) {
    if (waiter.tid() != 0) Kick(getpid(), waiter.tid()).IgnoreError();
    sched_yield();
  }
  EXPECT_THAT(waiter.Join(), IsOkAndHolds(FutexWaitEnd::kInterrupted));
}

TEST(FutexTest, WakesAnotherProcess) {
  const absl::StatusOr<Mapping> mapping = Mapping::CreateShared(1);
  ASSERT_THAT(mapping, IsOk());
  auto& word = *new (mapping->data()) std::atomic<uint32_t>(0);
  absl::StatusOr<Child> child = Child::Spawn([&word] {
    const absl::StatusOr<FutexWaitEnd> end = FutexWait(word, 0);
    return end.ok() && *end == FutexWaitEnd::kWoken ? 0 : 1;
  });
  ASSERT_THAT(child, IsOk());
  WakeOne(word);
  const absl::StatusOr<ChildEnd> end = child->Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(end->value, 0);
}

TEST(FutexTest, WakeWithoutWaiterWakesNobody) {
  std::atomic<uint32_t> word{0};
  EXPECT_THAT(FutexWake(word, std::numeric_limits<int>::max()),
              IsOkAndHolds(0));
}

TEST(FutexTest, PastDeadlineTimesOut) {
  std::atomic<uint32_t> word{0};
  for (const int64_t deadline : {MonotonicNanos() - 1, int64_t{0}, int64_t{-1},
                                 std::numeric_limits<int64_t>::min()}) {
    EXPECT_THAT(FutexWaitUntil(word, 0, deadline),
                IsOkAndHolds(FutexWaitEnd::kTimedOut))
        << deadline;
  }
}

TEST(FutexTest, NeverTimesOutBeforeTheDeadline) {
  std::atomic<uint32_t> word{0};
  for (int i = 0; i < 10; ++i) {
    const int64_t deadline = MonotonicNanos() + 20'000;
    EXPECT_THAT(FutexWaitUntil(word, 0, deadline),
                IsOkAndHolds(FutexWaitEnd::kTimedOut));
    EXPECT_GE(MonotonicNanos(), deadline);
  }
}

TEST(FutexTest, DifferingValueGoesBeforeThePastDeadline) {
  std::atomic<uint32_t> word{1};
  EXPECT_THAT(FutexWaitUntil(word, 0, /*deadline_monotonic_ns=*/0),
              IsOkAndHolds(FutexWaitEnd::kValueDiffered));
}

TEST(FutexTest, UnreadableWordIsAnError) {
  void* page = mmap(/*addr=*/nullptr, /*len=*/1, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS, /*fd=*/-1, /*offset=*/0);
  ASSERT_NE(page, MAP_FAILED);
  auto& word = *static_cast<std::atomic<uint32_t>*>(page);
  EXPECT_EQ(ErrnoOf(FutexWait(word, 0).status()), EFAULT);
  EXPECT_EQ(ErrnoOf(FutexWake(word, 1).status()), EFAULT);
  EXPECT_EQ(munmap(page, 1), 0);
}

// The lock of a process that has ended is free, and belongs to nobody.
TEST(FutexPiTest, IsTakenAndGivenUpByTheKernel) {
  std::atomic<uint32_t> word{0};
  EXPECT_THAT(FutexLockPiUntil(word, MonotonicNanos() + kNanosPerSecond),
              IsOkAndHolds(FutexWaitEnd::kWoken));
  EXPECT_EQ(word & FUTEX_TID_MASK, static_cast<uint32_t>(gettid()));
  EXPECT_EQ(ErrnoOf(FutexLockPiUntil(word, 0).status()), EDEADLK);
  EXPECT_THAT(FutexUnlockPi(word), IsOk());
  EXPECT_EQ(word, 0u);
}

TEST(FutexPiTest, WaitsForItsOwnerUntilTheDeadline) {
  std::atomic<uint32_t> word{static_cast<uint32_t>(gettid())};
  std::thread waiter([&word] {
    EXPECT_THAT(FutexLockPiUntil(word, MonotonicNanos() + 20'000),
                IsOkAndHolds(FutexWaitEnd::kTimedOut));
    EXPECT_EQ(ErrnoOf(FutexUnlockPi(word)), EPERM);
  });
  waiter.join();
  EXPECT_THAT(FutexUnlockPi(word), IsOk());
}

}  // namespace
}  // namespace ktstr
