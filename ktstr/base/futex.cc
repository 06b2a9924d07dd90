// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/futex.h"

#include <errno.h>
#include <linux/futex.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {
namespace internal_futex {

absl::Status Error(const char* operation, int error) {
  return PosixError(error, operation);
}

}  // namespace internal_futex

absl::StatusOr<FutexWaitEnd> FutexLockPiUntil(std::atomic<uint32_t>& word,
                                              int64_t deadline_monotonic_ns) {
  constexpr char kCall[] = "futex(FUTEX_LOCK_PI2)";
  const struct timespec deadline =
      ToTimespec(std::max<int64_t>(deadline_monotonic_ns, 0));
  if (internal_futex::Call(word, FUTEX_LOCK_PI2, 0, &deadline) == 0) {
    return FutexWaitEnd::kWoken;
  }
  switch (const int error = errno) {
    case ETIMEDOUT:
      return FutexWaitEnd::kTimedOut;
    case EINTR:
      return FutexWaitEnd::kInterrupted;
    case EAGAIN:
      return FutexWaitEnd::kValueDiffered;  // Its owner is just ending.
    case ENOSYS:
      return NotInKernel(error, kCall, "FUTEX_LOCK_PI2 came with Linux 5.14");
    default:
      return internal_futex::Error(kCall, error);
  }
}

absl::Status FutexUnlockPi(std::atomic<uint32_t>& word) {
  if (internal_futex::Call(word, FUTEX_UNLOCK_PI, 0, nullptr) == 0) {
    return absl::OkStatus();
  }
  return internal_futex::Error("futex(FUTEX_UNLOCK_PI)", errno);
}

}  // namespace ktstr
