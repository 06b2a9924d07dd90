// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/presentation.h"

#include <poll.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/run/color.h"
#include "ktstr/cli/run/save_report.h"
#include "ktstr/cli/say.h"
#include "ktstr/report/live_line.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writer.h"

namespace ktstr {
namespace {

void Draw(absl::string_view bytes) {
  pollfd terminal = {STDOUT_FILENO, POLLOUT, 0};
  if (poll(&terminal, 1, 0) == 1) {
    WriteAll(STDOUT_FILENO, bytes).IgnoreError();
  }
}

}  // namespace

Presentation::Presentation(const CliOptions& options, bool live)
    : options_(options),
      sink_(Sink::To(STDOUT_FILENO, "standard output")),
      live_(live) {}

absl::StatusOr<std::unique_ptr<Presentation>> Presentation::Open(
    const CliOptions& options) {
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  if (options.format == "pb" && terminal) {
    return absl::InvalidArgumentError(
        "--format=pb is not for a terminal; add --output=FILE.pb");
  }
  const bool text = options.format == "text";
  auto presentation = absl::WrapUnique(
      new Presentation(options, text && !options.quiet && terminal));
  if (!options.output.empty()) {
    KTSTR_ASSIGN_OR_RETURN(presentation->file_,
                           OutputFile::Open(options.output));
  }
  KTSTR_ASSIGN_OR_RETURN(
      presentation->writer_,
      MakeWriter(options.format, presentation->sink_, UseColor(options.color)));
  if (text && options.quiet) {
    presentation->quiet_.emplace(*presentation->writer_);
  }
  return presentation;
}

StreamWriter& Presentation::writer() {
  return quiet_.has_value() ? static_cast<StreamWriter&>(*quiet_) : *writer_;
}

size_t Presentation::columns() const { return TerminalColumns(STDOUT_FILENO); }

void Presentation::ShowLive(absl::string_view line) {
  if (live_) Draw(DrawLiveLine(line));
}

void Presentation::EraseLive() {
  if (live_) Draw(EraseLiveLine());
}

int Presentation::Finish(const proto::Report& report, absl::Status shown) {
  if (!shown.ok()) Say(kExitFailure, shown);
  if (file_.has_value()) {
    const absl::Status saved =
        SaveReport(report, options_.output_format, *file_);
    if (!saved.ok()) Say(kExitFailure, saved);
    shown.Update(saved);
  }
  // A Ctrl-C often closes the pipe as well: the signal is what counts.
  const bool interrupted = report.interrupted_by() != 0;
  return shown.ok() || interrupted ? ExitCode(report) : kExitFailure;
}

}  // namespace ktstr
