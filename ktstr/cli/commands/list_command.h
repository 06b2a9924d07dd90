// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_COMMANDS_LIST_COMMAND_H_
#define KTSTR_CLI_COMMANDS_LIST_COMMAND_H_

#include <string>

#include "ktstr/cli/plan/selection.h"

namespace ktstr {

// `ktstr list`: a line for each stressor.
std::string ListStressors(StressorTable table);

// `ktstr list --long`: what `describe` says, for each.
std::string ListStressorsLong(StressorTable table);

}  // namespace ktstr

#endif  // KTSTR_CLI_COMMANDS_LIST_COMMAND_H_
