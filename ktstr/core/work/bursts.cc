// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/work/bursts.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/spin.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Rounds between two bookkeeping points: about 5 us.
constexpr uint64_t kSpinsPerLook = 256;

constexpr double kMinSwitchesPerSleep = 0.9;
constexpr int64_t kFewSleeps = 20;
// Time that the host steals counts neither as run time nor as delay.
constexpr double kMinRunnable = 0.1;

}  // namespace

bool SpinFor(Worker& worker, absl::Duration wall) {
  const int64_t end = worker.Now() + absl::ToInt64Nanoseconds(wall);
  while (worker.Now() < end) {
    Spin(kSpinsPerLook);
    if (!worker.Look()) return false;
  }
  return !worker.Stopping();
}

absl::StatusOr<std::string> VerifySleeps(int64_t sleeps,
                                         int64_t voluntary_switches) {
  if (sleeps == 0) return absl::UnimplementedError("no sleep has ended");
  std::string numbers = absl::StrFormat("%d voluntary switches for %d sleeps",
                                        voluntary_switches, sleeps);
  if (static_cast<double>(voluntary_switches) >=
      kMinSwitchesPerSleep * static_cast<double>(sleeps)) {
    return numbers;
  }
  if (sleeps < kFewSleeps && 2 * voluntary_switches >= sleeps) {
    return absl::UnimplementedError(numbers + ": too few to tell");
  }
  return absl::FailedPreconditionError("only " + numbers);
}

absl::StatusOr<std::string> VerifyBursts(const GroupResult& group,
                                         absl::Duration burst) {
  KTSTR_RETURN_IF_ERROR(group.RequireUsage());
  const WorkerResult& worker = group.workers[0];
  const TaskCounters& counters = worker.counters;
  const auto sleeps = static_cast<int64_t>(worker.iterations);
  KTSTR_ASSIGN_OR_RETURN(const std::string slept,
                         VerifySleeps(sleeps, counters.voluntary_switches));
  if (!counters.schedstat_known) return slept;
  const absl::Duration runnable =
      absl::Trunc(absl::Nanoseconds(counters.on_cpu_ns + counters.run_delay_ns),
                  absl::Microseconds(1));
  const absl::Duration bursts = sleeps * burst;
  if (runnable < kMinRunnable * bursts) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "bursts of %s in all, but runnable for only %s",
        absl::FormatDuration(bursts), absl::FormatDuration(runnable)));
  }
  return absl::StrFormat("%s, runnable %s", slept,
                         absl::FormatDuration(runnable));
}

}  // namespace ktstr
