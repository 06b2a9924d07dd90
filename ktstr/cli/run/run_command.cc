// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/run_command.h"

#include <poll.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/run/color.h"
#include "ktstr/cli/run/conditions.h"
#include "ktstr/cli/run/output_file.h"
#include "ktstr/cli/run/quiet_writer.h"
#include "ktstr/cli/run/runner.h"
#include "ktstr/cli/run/save_report.h"
#include "ktstr/cli/say.h"
#include "ktstr/cli/version.h"
#include "ktstr/core/host/host_context.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/core/supervisor/supervisor.h"
#include "ktstr/report/live_line.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writer.h"

namespace ktstr {
namespace {

absl::StatusOr<std::vector<ParamText>> ReadWords(
    absl::Span<const std::string> words) {
  std::vector<ParamText> texts;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", word, "' does not set a parameter: it has to be NAME=VALUE"));
    }
    texts.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return texts;
}

RunRequest MakeRequest(const CliOptions& options, Plan plan,
                       const std::vector<std::string>& command_line) {
  RunRequest request;
  request.first_reading = TickClock::Read();
  request.identity.version = std::string(kVersion);
  request.identity.command_line = command_line;
  request.identity.started_unix_ns = absl::GetCurrentTimeNanos();
  request.identity.repeats = options.repeat;
  request.plan = std::move(plan);
  request.host = ReadHostContext();
  request.conditions = options.conditions;
  request.fail_fast = options.fail_fast;
  request.outlives_writer = !options.output.empty();
  return request;
}

// Puts `bytes` on the terminal. What cannot be shown at once is dropped: a
// held terminal (Ctrl-S) must not hold the supervisor.
void Draw(absl::string_view bytes) {
  pollfd terminal = {STDOUT_FILENO, POLLOUT, 0};
  if (poll(&terminal, 1, 0) == 1) {
    WriteAll(STDOUT_FILENO, bytes).IgnoreError();
  }
}

// `live`: standard output is a terminal to show the progress on.
RunHooks MakeHooks(Interrupts& interrupts, bool live,
                   const TickClock::Reading& first_reading) {
  RunHooks hooks;
  hooks.run_step = [&interrupts, live, first_reading](
                       const PlanStep& step, const RunOptions& options) {
    Supervision supervision;
    supervision.interrupts = &interrupts;
    supervision.first_reading = first_reading;
    if (live) {
      supervision.on_tick = [&options](const LiveView& view) {
        Draw(DrawLiveLine(FormatLiveLine(view, options.duration,
                                         TerminalColumns(STDOUT_FILENO))));
      };
    }
    StepResult result = RunStep(step, options, supervision);
    if (live) Draw(EraseLiveLine());
    // No worker is left. If it fails, a second signal waits for the report.
    if (interrupts.first() != 0) interrupts.LetKill().IgnoreError();
    return result;
  };
  hooks.interrupted = [&interrupts] {
    interrupts.Take();
    return interrupts.first();
  };
  hooks.now_unix_ns = [] { return absl::GetCurrentTimeNanos(); };
  return hooks;
}

// Runs and shows; the report stands on its own whatever became of showing it.
absl::StatusOr<RunOutcome> Execute(const CliOptions& options,
                                   const RunRequest& request,
                                   Interrupts& interrupts) {
  Sink sink = Sink::To(STDOUT_FILENO, "standard output");
  const bool text = options.format == "text";
  KTSTR_ASSIGN_OR_RETURN(
      const std::unique_ptr<StreamWriter> writer,
      MakeWriter(options.format, sink, UseColor(options.color)));
  QuietWriter quiet(*writer);
  const RunHooks hooks =
      MakeHooks(interrupts, text && !options.quiet && isatty(STDOUT_FILENO),
                request.first_reading);
  return RunPlan(
      request, hooks,
      text && options.quiet ? static_cast<StreamWriter&>(quiet) : *writer);
}

}  // namespace

absl::StatusOr<Plan> MakePlanOf(const CliOptions& options,
                                absl::Span<const std::string> words,
                                StressorTable table) {
  KTSTR_ASSIGN_OR_RETURN(const std::vector<ParamText> texts, ReadWords(words));
  KTSTR_ASSIGN_OR_RETURN(const std::vector<Selection> selections,
                         SelectStressors(options.selection, table));
  KTSTR_ASSIGN_OR_RETURN(Plan plan, MakePlan(options.run, selections, texts));
  KTSTR_RETURN_IF_ERROR(CheckNarrowing(options.conditions, plan));
  return plan;
}

int RunCommand(const CliOptions& options, Plan plan,
               const std::vector<std::string>& command_line) {
  if (options.format == "pb" && isatty(STDOUT_FILENO)) {
    return Say(kExitUsage,
               "--format=pb is not for a terminal; add --output=FILE.pb");
  }
  absl::optional<OutputFile> output;
  if (!options.output.empty()) {
    absl::StatusOr<OutputFile> opened = OutputFile::Open(options.output);
    if (!opened.ok()) return Say(kExitUsage, opened.status());
    output.emplace(*std::move(opened));
  }
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
  if (!interrupts.ok()) return Say(kExitFailure, interrupts.status());
  const RunRequest request =
      MakeRequest(options, std::move(plan), command_line);
  const absl::StatusOr<RunOutcome> outcome =
      Execute(options, request, *interrupts);
  if (!outcome.ok()) return Say(kExitFailure, outcome.status());
  absl::Status told = outcome->shown;
  if (!told.ok()) Say(kExitFailure, told);
  if (output.has_value()) {
    const absl::Status saved =
        SaveReport(outcome->report, options.output_format, *output);
    if (!saved.ok()) Say(kExitFailure, saved);
    told.Update(saved);
  }
  // A Ctrl-C often closes the pipe as well: the signal is what counts.
  const bool interrupted = outcome->report.interrupted_by() != 0;
  return told.ok() || interrupted ? ExitCode(outcome->report) : kExitFailure;
}

}  // namespace ktstr
