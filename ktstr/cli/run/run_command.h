// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What ktstr does without a command: run stressors.
#ifndef KTSTR_CLI_RUN_RUN_COMMAND_H_
#define KTSTR_CLI_RUN_RUN_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/selection.h"
#include "ktstr/core/plan.h"

namespace ktstr {

// Makes the plan from flags and from the words that set parameters.
// InvalidArgument or OutOfRange in one line for whatever cannot be run.
absl::StatusOr<Plan> MakePlanOf(const CliOptions& options,
                                absl::Span<const std::string> words,
                                StressorTable table);

// Runs `plan` and shows it. Returns the exit code; what could not be done is
// said on standard error. Changes how this process takes signals.
int RunCommand(const CliOptions& options, Plan plan,
               const std::vector<std::string>& command_line);

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_RUN_COMMAND_H_
