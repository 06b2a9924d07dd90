// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_RUN_PRESENTATION_H_
#define KTSTR_CLI_RUN_PRESENTATION_H_

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/run/output_file.h"
#include "ktstr/cli/run/quiet_writer.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"

namespace ktstr {

// How the user sees a run: what goes to standard output while it grows, the
// live line of a terminal, the file of --output, and the exit code.
class Presentation final {
 public:
  // Opens everything that can be refused before the run. An error is one of
  // usage. `options` outlives the object.
  static absl::StatusOr<std::unique_ptr<Presentation>> Open(
      const CliOptions& options);

  Presentation(const Presentation&) = delete;
  Presentation& operator=(const Presentation&) = delete;

  StreamWriter& writer();
  // Whether the report also goes to a file.
  bool saves() const { return file_.has_value(); }

  // Whether there is a terminal to show progress on, and how wide it is.
  bool live() const { return live_; }
  size_t columns() const;
  // Puts `line` at the terminal's last line, or takes it away. What cannot be
  // shown at once is dropped: a held terminal (Ctrl-S) must not hold the run.
  void ShowLive(absl::string_view line);
  void EraseLive();

  // Saves the concluded report, says what went wrong with showing (`shown`)
  // and saving it, and returns the exit code of the run.
  int Finish(const proto::Report& report, absl::Status shown);

 private:
  Presentation(const CliOptions& options, bool live);

  const CliOptions& options_;
  Sink sink_;
  std::unique_ptr<StreamWriter> writer_;
  absl::optional<QuietWriter> quiet_;
  absl::optional<OutputFile> file_;
  bool live_;
};

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_PRESENTATION_H_
