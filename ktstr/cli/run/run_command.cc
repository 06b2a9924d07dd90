// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/run_command.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/run/execute.h"
#include "ktstr/cli/run/locate_scheduler.h"
#include "ktstr/cli/run/presentation.h"
#include "ktstr/cli/say.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/report/live_line.h"

namespace ktstr {
int RunCommand(CliOptions options, Plan plan,
               const std::vector<std::string>& command_line) {
  absl::StatusOr<std::vector<std::string>> scheduler =
      LocateScheduler(options.scheduler);
  if (!scheduler.ok()) return Say(kExitUsage, scheduler.status());
  options.scheduler = *std::move(scheduler);
  const absl::StatusOr<std::unique_ptr<Presentation>> presentation =
      Presentation::Open(options);
  if (!presentation.ok()) return Say(kExitUsage, presentation.status());
  Presentation& shown = **presentation;
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
  if (!interrupts.ok()) return Say(kExitFailure, interrupts.status());
  Audience audience;
  audience.interrupts = &*interrupts;
  audience.writer = &shown.writer();
  audience.outlives_writer = shown.saves();
  if (shown.live()) {
    audience.on_live = [&](const LiveView& view) {
      shown.ShowLive(
          FormatLiveLine(view, options.run.duration, shown.columns()));
    };
    audience.on_step_end = [&] { shown.EraseLive(); };
  }
  const RunOutcome outcome =
      Execute(options, std::move(plan), command_line, audience);
  return shown.Finish(outcome.report, outcome.shown);
}

}  // namespace ktstr
