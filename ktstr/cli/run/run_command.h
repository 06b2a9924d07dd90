// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What ktstr does without a command: run stressors.
#ifndef KTSTR_CLI_RUN_RUN_COMMAND_H_
#define KTSTR_CLI_RUN_RUN_COMMAND_H_

#include <string>
#include <vector>

#include "ktstr/cli/flags.h"
#include "ktstr/core/plan.h"

namespace ktstr {

// Runs `plan` and shows it. Returns the exit code; what could not be done is
// said on standard error. Changes how this process takes signals.
int RunCommand(CliOptions options, Plan plan,
               const std::vector<std::string>& command_line);

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_RUN_COMMAND_H_
