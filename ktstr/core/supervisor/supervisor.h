// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Runs one step of a plan: spawns its workers, opens the start barrier,
// watches, stops, reaps, and tells what came of it.
#ifndef KTSTR_CORE_SUPERVISOR_SUPERVISOR_H_
#define KTSTR_CORE_SUPERVISOR_SUPERVISOR_H_

#include <functional>

#include "absl/time/time.h"
#include "ktstr/base/clock.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/supervisor/interrupts.h"

namespace ktstr {

struct Supervision {
  Interrupts* interrupts = nullptr;  // Not owned; never null.
  // Called in the supervisor every `tick` while workers run, if set.
  std::function<void(const LiveView&)> on_tick;
  absl::Duration tick = absl::Milliseconds(250);
  // The workers' clock is made from this reading and one just before they are:
  // the earlier it was taken, the less is to be waited for.
  TickClock::Reading first_reading = TickClock::Read();
};

// Runs `step` to its end. Never fails as a whole: what went wrong stands in
// the result of the stressor that it happened to. When it returns, every
// process and thread that it started is gone. Call from a process with a
// single thread only.
StepResult RunStep(const PlanStep& step, const RunOptions& options,
                   const Supervision& supervision);

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_SUPERVISOR_H_
