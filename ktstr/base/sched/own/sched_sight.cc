// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/own/sched_sight.h"

#include <time.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/rseq.h"
#include "ktstr/base/sched/sched_attr.h"

namespace ktstr {

std::string SchedSight::ToText() const {
  if (!taken) return "not seen";
  return absl::StrCat(spec.ToText(), " on CPU ", cpu);
}

std::string SchedSights::ToText() const {
  return absl::StrCat(begin.ToText(), ", then ", end.ToText());
}

SchedSight LookAtOwnSched() {
  SchedSight sight;
  const absl::StatusOr<SchedState> state = GetSched(0);
  if (!state.ok()) return sight;
  sight.taken = true;
  sight.spec = state->spec;
  sight.cpu = CurrentCpu();
  sight.at_ns = MonotonicNanos();
  // Cannot fail: every thread has the clock.
  struct timespec used;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  sight.cpu_ns = used.tv_sec * kNanosPerSecond + used.tv_nsec;
  return sight;
}

}  // namespace ktstr
