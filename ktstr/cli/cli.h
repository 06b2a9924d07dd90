// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The program as a function.
#ifndef KTSTR_CLI_CLI_H_
#define KTSTR_CLI_CLI_H_

#include "absl/types/span.h"
#include "ktstr/cli/plan/selection.h"

namespace ktstr {

// Does all that main has to, and returns the exit code.
int RunCli(absl::Span<const char* const> args, StressorTable table);

}  // namespace ktstr

#endif  // KTSTR_CLI_CLI_H_
