// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_VM_GUEST_ARGS_H_
#define KTSTR_CLI_VM_GUEST_ARGS_H_

#include <string>
#include <vector>

#include "ktstr/cli/command_line.h"

namespace ktstr {

// The command line for the guest: `line` without what is for the host, where
// the machine is made and the report shown.
std::vector<std::string> GuestArgs(const CommandLine& line);

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_GUEST_ARGS_H_
