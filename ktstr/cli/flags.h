// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The command line's flags as plain values. Nothing else knows that flags
// exist.
#ifndef KTSTR_CLI_FLAGS_H_
#define KTSTR_CLI_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/checks/requested/condition.h"
#include "ktstr/cli/command_line.h"
#include "ktstr/cli/flag_types.h"
#include "ktstr/cli/plan/run_machine.h"
#include "ktstr/cli/plan/selection.h"
#include "ktstr/cli/vm/cells/vm_options.h"
#include "ktstr/core/run_options.h"

namespace ktstr {

struct CliOptions {
  SelectionText selection;
  RunOptions run;
  std::vector<Condition> conditions;
  uint32_t repeat = 1;  // >= 1.
  bool fail_fast = false;
  std::vector<std::string> scheduler;  // Its words; empty: none is started.
  VmOptions vm;
  bool dry_run = false;

  std::string format = "text";  // One of WriterFormats().
  std::string output;           // File for the report; empty: none.
  std::string output_format;    // By the ending of `output`, else `format`.
  ColorMode color = ColorMode::kAuto;
  bool quiet = false;

  bool long_list = false;
  bool help = false;
  bool version = false;
};

// Reads the flags after ParseCommandLine has set them. InvalidArgument, in one
// line that begins with the flag, for a value that cannot be.
absl::StatusOr<CliOptions> ReadFlags(const CommandLine& line,
                                     const RunMachine& machine);

// The part of them that is for virtual machines; a run in one has the CPUs of
// the machine, so that the rest is read once it is known.
absl::StatusOr<VmOptions> ReadVmOptions(const CommandLine& line);

}  // namespace ktstr

#endif  // KTSTR_CLI_FLAGS_H_
