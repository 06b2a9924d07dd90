// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/guest_run.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/intent.h"
#include "ktstr/cli/plan/run_machine.h"
#include "ktstr/cli/plan/selection.h"
#include "ktstr/cli/run/execute.h"
#include "ktstr/cli/say.h"
#include "ktstr/cli/version.h"
#include "ktstr/core/live_view.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/report/live_line.h"
#include "ktstr/report/verdict.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/sender.h"
#include "ktstr/vm/guest/frame_writer.h"
#include "ktstr/vm/guest/init.h"

namespace ktstr {
namespace {

// Without a terminal the line is only what a dead guest was last seen at.
constexpr size_t kColumns = 120;

// As a run on a host, but told to the host by `writer`.
int RunInGuest(CliOptions options, Plan plan, const proto::GuestConfig& config,
               FrameWriter& writer) {
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
  if (!interrupts.ok()) {
    writer.Trouble(interrupts.status().message()).IgnoreError();
    return kExitFailure;
  }
  options.scheduler.assign(config.scheduler().begin(),
                           config.scheduler().end());
  const size_t columns =
      config.live_columns() == 0 ? kColumns : config.live_columns();
  Audience audience;
  audience.interrupts = &*interrupts;
  audience.writer = &writer;
  // What is not told is lost; it must not disturb what is measured.
  audience.on_live = [&](const LiveView& view) {
    writer.Live(FormatLiveLine(view, options.run.duration, columns))
        .IgnoreError();
  };
  audience.on_step = [&](const std::vector<std::string>& names) {
    writer.StepBegin(names).IgnoreError();
  };
  const RunOutcome outcome =
      Execute(options, std::move(plan),
              {config.args().begin(), config.args().end()}, audience);
  if (outcome.shown.ok()) return ExitCode(outcome.report);
  writer
      .Trouble(absl::StrCat("the guest cannot tell its report: ",
                            outcome.shown.message()))
      .IgnoreError();
  return kExitFailure;
}

// In an emulated machine of many CPUs each of them stands still most of the
// time: workers have longer to stop, and are not judged by what they could do.
void BeAsSlow(const proto::GuestConfig& config, RunOptions& run) {
  constexpr double kFull = 1.0 / 8;  // As in the check not_starved.
  if (config.emulating_cpus() == 0) return;
  run.cpu_share = std::min(1.0, static_cast<double>(config.emulating_cpus()) /
                                    run.machine_cpus.Count());
  const bool is_default = run.grace == RunOptions().grace;
  if (is_default && run.cpu_share < kFull) run.grace *= kFull / run.cpu_share;
}

// Runs what the host asked for, in the guest.
int RunAsGuest(const proto::GuestConfig& config, Sender& sender,
               StressorTable table) {
  FrameWriter writer(sender);
  std::vector<const char*> args;
  for (const std::string& arg : config.args()) args.push_back(arg.c_str());
  const absl::StatusOr<RunMachine> host = ReadRunMachine();
  absl::StatusOr<Intent> intent =
      host.ok() ? ReadIntent(args, *host, table) : host.status();
  if (intent.ok() && intent->kind == Intent::kRun) {
    BeAsSlow(config, intent->plan.options);
    return RunInGuest(intent->options, intent->plan, config, writer);
  }
  writer
      .Trouble(absl::StrCat("the guest cannot run this: ",
                            intent.status().message()))
      .IgnoreError();
  return kExitUsage;
}

}  // namespace

int BecomeGuest(StressorTable table) {
  return Say(kExitUsage,
             BeGuestInit(kVersion,
                         [&](const proto::GuestConfig& config, Sender& sender) {
                           return RunAsGuest(config, sender, table);
                         }));
}

}  // namespace ktstr
