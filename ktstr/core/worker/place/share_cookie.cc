// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/place/share_cookie.h"

#include <sys/types.h>
#include <time.h>

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/sched/core_cookie.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {
namespace {

// Between two looks: what a leader takes to apply its settings, about.
constexpr int64_t kPauseNs = 500'000;

}  // namespace

absl::Status AwaitReady(const WorkerRecord& leader, int64_t timeout_ns) {
  const int64_t deadline = MonotonicNanos() + timeout_ns;
  WorkerPhase phase;
  // Acquire: the leader's ids and settings are to be read after.
  while ((phase = leader.phase.load(std::memory_order_acquire)) ==
         WorkerPhase::kUnborn) {
    if (MonotonicNanos() >= deadline) {
      return absl::DeadlineExceededError(absl::StrCat(
          "the worker whose cookie it is to share was not ready within ",
          absl::FormatDuration(absl::Nanoseconds(timeout_ns))));
    }
    const struct timespec pause = ToTimespec(kPauseNs);
    // Cut short by a signal, it has been long enough.
    clock_nanosleep(CLOCK_MONOTONIC, /*flags=*/0, &pause, nullptr);
  }
  if (phase != WorkerPhase::kFailed) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the worker whose cookie it is to share has failed");
}

absl::StatusOr<uint64_t> TakeCookieOf(const WorkerRecord& leader,
                                      int64_t timeout_ns) {
  KTSTR_RETURN_IF_ERROR(AwaitReady(leader, timeout_ns));
  // Relaxed: published by its phase.
  const pid_t tid = leader.tid.load(std::memory_order_relaxed);
  const uint32_t index = leader.index.load(std::memory_order_relaxed);
  KTSTR_ASSIGN_OR_RETURN(const uint64_t wanted, GetCoreCookie(tid));
  if (wanted == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("worker ", index, ", to share with, has no cookie"));
  }
  KTSTR_RETURN_IF_ERROR(ShareCoreCookieFrom(tid));
  KTSTR_ASSIGN_OR_RETURN(const uint64_t got, GetCoreCookie(/*tid=*/0));
  if (got == wanted) return got;
  return absl::FailedPreconditionError(
      absl::StrCat("the cookie is another than that of worker ", index));
}

}  // namespace ktstr
