// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/cli/commands/merge_command.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/intent.h"
#include "ktstr/cli/plan/run_machine.h"
#include "ktstr/cli/run/color.h"
#include "ktstr/cli/run/run_command.h"
#include "ktstr/cli/run/save_report.h"
#include "ktstr/cli/say.h"
#include "ktstr/cli/vm/guest_run.h"
#include "ktstr/cli/vm/vm_command.h"
#include "ktstr/report/read_report.h"
#include "ktstr/report/sink.h"

namespace ktstr {
namespace {

int PrintText(absl::string_view text) {
  const absl::Status written =
      Sink::To(STDOUT_FILENO, "standard output").Write(text);
  return written.ok() ? kExitSuccess : Say(kExitFailure, written);
}

int ShowReportFile(const Intent& intent) {
  const absl::StatusOr<proto::Report> report = ReadReport(intent.report_file);
  if (!report.ok()) return Say(kExitUsage, report.status());
  const absl::Status shown = PrintReport(*report, intent.options.format,
                                         UseColor(intent.options.color));
  return shown.ok() ? kExitSuccess : Say(kExitFailure, shown);
}

// Descriptors 0 to 2 that are closed would become those of our own files.
absl::Status CheckStandardStreams() {
  const bool has_output = fcntl(STDOUT_FILENO, F_GETFD) != -1;
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
      // Lowest first: this gets the number that is missing.
      if (open("/dev/null", O_RDWR) != fd) {
        return absl::UnavailableError("cannot open /dev/null");
      }
    }
  }
  if (has_output) return absl::OkStatus();
  return absl::FailedPreconditionError("standard output is closed");
}

}  // namespace

int RunCli(absl::Span<const char* const> args, StressorTable table) {
  const absl::Status streams = CheckStandardStreams();
  if (!streams.ok()) return Say(kExitFailure, streams);
  // A closed pipe is an error of write(2), which is told, not a death.
  signal(SIGPIPE, SIG_IGN);
  const absl::StatusOr<RunMachine> host = ReadRunMachine();
  if (!host.ok()) return Say(kExitFailure, host.status());
  const absl::StatusOr<Intent> intent = ReadIntent(args, *host, table);
  if (!intent.ok()) return Say(kExitUsage, intent.status());
  switch (intent->kind) {
    case Intent::kPrint:
      return PrintText(intent->text);
    case Intent::kShowReport:
      return ShowReportFile(*intent);
    case Intent::kMerge:
      return MergeCommand(intent->options, intent->files);
    case Intent::kBeGuest:
      return BecomeGuest(table);
    case Intent::kRunInVms:
      return VmCommand(intent->options, intent->cells, intent->guest_args,
                       {args.begin(), args.end()});
    default:
      return RunCommand(intent->options, intent->plan,
                        {args.begin(), args.end()});
  }
}

}  // namespace ktstr
