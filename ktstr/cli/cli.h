// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The program as a function.
#ifndef KTSTR_CLI_CLI_H_
#define KTSTR_CLI_CLI_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/selection.h"
#include "ktstr/core/plan.h"

namespace ktstr {

// What the command line asks for: a text to print, a saved report to show,
// saved ones to merge, or a run.
struct Intent {
  enum Kind { kPrint, kShowReport, kMerge, kRun } kind = kPrint;
  std::string text;                // kPrint.
  std::string report_file;         // kShowReport.
  std::vector<std::string> files;  // kMerge.
  CliOptions options;
  Plan plan;  // kRun.
};

// Reads the command line, without the program's name, and starts nothing. An
// error is one of usage, in one line. Sets the global flags.
absl::StatusOr<Intent> ReadIntent(absl::Span<const char* const> args,
                                  const HostCpus& host, StressorTable table);

// Does all that main has to, and returns the exit code.
int RunCli(absl::Span<const char* const> args, StressorTable table);

}  // namespace ktstr

#endif  // KTSTR_CLI_CLI_H_
