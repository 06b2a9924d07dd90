// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What ktstr does with --vm: run stressors in virtual machines.
#ifndef KTSTR_CLI_VM_VM_COMMAND_H_
#define KTSTR_CLI_VM_VM_COMMAND_H_

#include <string>
#include <vector>

#include "ktstr/cli/flags.h"
#include "ktstr/cli/vm/cells/cells.h"

namespace ktstr {

// Runs the plan of each of `cells`, which are not empty, in a machine of its
// own, and shows the report. Returns the exit code; what could not be done is
// said on standard error. Changes how this process takes signals.
int VmCommand(const CliOptions& options, const std::vector<Cell>& cells,
              const std::vector<std::string>& guest_args,
              const std::vector<std::string>& command_line);

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_VM_COMMAND_H_
