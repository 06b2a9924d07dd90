// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_EXCHANGE_LOCKS_H_
#define KTSTR_CORE_EXCHANGE_LOCKS_H_

#include <errno.h>
#include <time.h>

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// Locks between workers, in shared memory, zeroed. Who holds one and dies keeps
// it; those who wait for it see the stop all the same. Only its holder may
// release one.

// A word in user space; who finds it taken sleeps in the kernel until a release
// wakes it. Drepper's third ("Futexes Are Tricky", 2011).
class PlainLock final {
 public:
  bool TryAcquire() {
    uint32_t free = kFree;
    return word_.compare_exchange_strong(free, kHeld,
                                         std::memory_order_acquire);
  }

  // Sleeps for it. Returns false on stop: it is not held then.
  bool Await(Worker& worker) {
    // From here on others may sleep too, so that the lock is taken as
    // contended and the release wakes one.
    return worker.AwaitWord(word_, [this](uint32_t seen) {
      if (seen == kContended) return false;
      return word_.exchange(kContended, std::memory_order_acquire) == kFree;
    });
  }

  void Release(Worker& worker) {
    if (word_.exchange(kFree, std::memory_order_release) == kContended) {
      worker.WakeWord(word_, 1);
    }
  }

 private:
  enum Word : uint32_t { kFree, kHeld, kContended };

  alignas(64) std::atomic<uint32_t> word_;
};

// The same in the kernel's way of priority inheritance: its holder runs at the
// priority of the most urgent one who waits. `self` is the caller's thread id.
class PiLock final {
 public:
  // Unimplemented where the kernel has no such lock.
  static absl::Status TryHere() {
    std::atomic<uint32_t> word = 0;
    const absl::StatusOr<FutexWaitEnd> end =
        FutexLockPiUntil(word, MonotonicNanos() + kNanosPerSecond);
    return end.ok() ? FutexUnlockPi(word) : end.status();
  }

  bool TryAcquire(uint32_t self) {
    uint32_t free = 0;
    return word_.compare_exchange_strong(free, self, std::memory_order_acquire);
  }

  bool Await(Worker& worker) {
    return worker.AwaitCall("futex(FUTEX_LOCK_PI2)",
                            [this] { return Lock(); }) >= 0;
  }

  void Release(Worker& worker, uint32_t self) {
    if (word_.compare_exchange_strong(self, 0, std::memory_order_release)) {
      return;
    }
    const absl::Status given = FutexUnlockPi(word_);
    if (!given.ok()) {
      worker.CountFailure("futex(FUTEX_UNLOCK_PI)", ErrnoOf(given));
    }
  }

 private:
  // Signals do not end the wait in the kernel: so often the stop is looked for.
  static constexpr int64_t kLookNs = 5'000'000;

  // As a system call: 0, or -1 with errno; EINTR: to be made again.
  long Lock() {
    const absl::StatusOr<FutexWaitEnd> end =
        FutexLockPiUntil(word_, MonotonicNanos() + kLookNs);
    if (end.ok() && *end == FutexWaitEnd::kWoken) return 0;
    const bool is_gone = !end.ok() && ErrnoOf(end.status()) == ESRCH;
    if (is_gone || (end.ok() && *end == FutexWaitEnd::kValueDiffered)) {
      // Its holder ended, or is about to and needs the CPU for that.
      constexpr struct timespec kPause = {.tv_sec = 0, .tv_nsec = 1'000'000};
      nanosleep(&kPause, nullptr);
    }
    errno = end.ok() || is_gone ? EINTR : ErrnoOf(end.status());
    return -1;
  }

  alignas(64) std::atomic<uint32_t> word_;
};

static_assert(std::is_standard_layout_v<PlainLock>);
static_assert(std::is_standard_layout_v<PiLock>);

}  // namespace ktstr

#endif  // KTSTR_CORE_EXCHANGE_LOCKS_H_
