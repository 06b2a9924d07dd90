// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_COMMANDS_HELP_H_
#define KTSTR_CLI_COMMANDS_HELP_H_

#include <string>

namespace ktstr {

// `ktstr --help`, in 80 columns: examples, commands, all flags, exit codes.
std::string HelpText();

}  // namespace ktstr

#endif  // KTSTR_CLI_COMMANDS_HELP_H_
