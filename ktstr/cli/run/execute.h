// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A run on this machine, whoever watches it: a person at a terminal, or the
// host of the virtual machine that this is.
#ifndef KTSTR_CLI_RUN_EXECUTE_H_
#define KTSTR_CLI_RUN_EXECUTE_H_

#include <functional>
#include <string>
#include <vector>

#include "ktstr/cli/flags.h"
#include "ktstr/cli/run/runner.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/report/stream_writer.h"

namespace ktstr {

// Who gets to know what, and when.
struct Audience {
  Interrupts* interrupts = nullptr;  // Not owned; never null.
  StreamWriter* writer = nullptr;    // The same.
  // The run goes on when the writer fails.
  bool outlives_writer = false;
  // Called a few times a second while workers run; may be empty.
  std::function<void(const LiveView&)> on_live;
  // A step is over, with no worker left; may be empty.
  std::function<void()> on_step_end;
  // A step of stressors with these names begins; may be empty.
  std::function<void(const std::vector<std::string>&)> on_step;
};

// Starts the scheduler of `options`, if there is one, runs `plan`, stops the
// scheduler. Whatever goes wrong stands in the report. Call from a process
// with a single thread.
RunOutcome Execute(const CliOptions& options, Plan plan,
                   const std::vector<std::string>& command_line,
                   const Audience& audience);

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_EXECUTE_H_
