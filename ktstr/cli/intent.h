// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// From the command line to what it asks for.
#ifndef KTSTR_CLI_INTENT_H_
#define KTSTR_CLI_INTENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/plan/run_machine.h"
#include "ktstr/cli/plan/selection.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/core/plan.h"

namespace ktstr {

// What the command line asks for: a text to print, a saved report to show,
// saved ones to merge, a run here or in virtual machines, or to be the init of
// one.
struct Intent {
  enum Kind {
    kPrint,
    kShowReport,
    kMerge,
    kRun,
    kRunInVms,
    kBeGuest
  } kind = kPrint;
  std::string text;                // kPrint.
  std::string report_file;         // kShowReport.
  std::vector<std::string> files;  // kMerge.
  CliOptions options;
  Plan plan;                            // kRun.
  std::vector<Cell> cells;              // kRunInVms; not empty.
  std::vector<std::string> guest_args;  // kRunInVms.
};

// Reads the command line, without the program's name, and starts nothing. An
// error is one of usage, in one line. Sets the global flags.
absl::StatusOr<Intent> ReadIntent(absl::Span<const char* const> args,
                                  const RunMachine& machine,
                                  StressorTable table);

}  // namespace ktstr

#endif  // KTSTR_CLI_INTENT_H_
