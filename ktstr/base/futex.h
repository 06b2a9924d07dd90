// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_FUTEX_H_
#define KTSTR_BASE_FUTEX_H_

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/clock.h"

// futex(2) on words that processes share (never FUTEX_PRIVATE_FLAG). Inline and
// free of allocation unless the kernel reports a mistake of ours (EFAULT,
// EINVAL). Safe from any thread, after fork and in signal handlers.

namespace ktstr {

enum class FutexWaitEnd {
  kWoken,          // By a FutexWake(); spurious ones are possible: look again.
  kValueDiffered,  // The word did not hold `expected`; did not sleep.
  kInterrupted,    // By a signal handler, such as a Kick().
  kTimedOut,       // The deadline passed.
};

namespace internal_futex {

static_assert(std::atomic<uint32_t>::is_always_lock_free &&
              sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));

// PosixError, kept out of line.
absl::Status Error(const char* operation, int error);

inline long Call(std::atomic<uint32_t>& word, int operation, uint32_t value,
                 const struct timespec* timeout) {
  return syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word), operation,
                 value, timeout, nullptr, FUTEX_BITSET_MATCH_ANY);
}

inline absl::StatusOr<FutexWaitEnd> EndOfWait(long result) {
  if (result == 0) return FutexWaitEnd::kWoken;
  switch (const int error = errno) {
    case EAGAIN:
      return FutexWaitEnd::kValueDiffered;
    case EINTR:
      return FutexWaitEnd::kInterrupted;
    case ETIMEDOUT:
      return FutexWaitEnd::kTimedOut;
    default:
      return Error("futex(FUTEX_WAIT_BITSET)", error);
  }
}

}  // namespace internal_futex

// Sleeps while `word` holds `expected`, until woken or interrupted.
inline absl::StatusOr<FutexWaitEnd> FutexWait(std::atomic<uint32_t>& word,
                                              uint32_t expected) {
  return internal_futex::EndOfWait(internal_futex::Call(
      word, FUTEX_WAIT_BITSET, expected, /*timeout=*/nullptr));
}

// The same until CLOCK_MONOTONIC reaches `deadline_monotonic_ns`, which is
// absolute; one in the past, also a negative one, ends at once. The value is
// looked at first: kValueDiffered goes before kTimedOut.
inline absl::StatusOr<FutexWaitEnd> FutexWaitUntil(
    std::atomic<uint32_t>& word, uint32_t expected,
    int64_t deadline_monotonic_ns) {
  // The kernel refuses negative times (EINVAL).
  const struct timespec deadline =
      ToTimespec(std::max<int64_t>(deadline_monotonic_ns, 0));
  return internal_futex::EndOfWait(
      internal_futex::Call(word, FUTEX_WAIT_BITSET, expected, &deadline));
}

// Wakes up to `count` waiters and returns how many there were. Never touches
// the word's value: store first, then wake.
inline absl::StatusOr<int> FutexWake(std::atomic<uint32_t>& word, int count) {
  const long woken = internal_futex::Call(
      word, FUTEX_WAKE, static_cast<uint32_t>(count), /*timeout=*/nullptr);
  if (ABSL_PREDICT_FALSE(woken < 0)) {
    return internal_futex::Error("futex(FUTEX_WAKE)", errno);
  }
  return static_cast<int>(woken);
}

// A lock with priority inheritance (futex(2), "Priority-inheritance futexes"):
// the word is 0 while it is free, else holds its owner's thread id and perhaps
// FUTEX_WAITERS; user space takes and gives it up by compare-and-swap as long
// as nobody waits. Tells by kWoken that the caller holds it. A signal alone
// does not end the wait, so that it has to have a deadline. EDEADLK: the caller
// holds it already. kUnimplemented before Linux 5.14.
absl::StatusOr<FutexWaitEnd> FutexLockPiUntil(std::atomic<uint32_t>& word,
                                              int64_t deadline_monotonic_ns);

// Gives it up to whoever waits with the highest priority. EPERM: the caller
// does not hold it.
absl::Status FutexUnlockPi(std::atomic<uint32_t>& word);

}  // namespace ktstr

#endif  // KTSTR_BASE_FUTEX_H_
