// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_EXIT_CODE_H_
#define KTSTR_CLI_EXIT_CODE_H_

namespace ktstr {

// What main returns besides the outcome of a run (ExitCode in report/verdict.h
// has 0, 1, 4 and 128 + N).
inline constexpr int kExitSuccess = 0;  // A command did what it is for.
inline constexpr int kExitFailure = 1;  // Also: the report was not written.
inline constexpr int kExitUsage = 64;   // EX_USAGE of sysexits(3): nothing ran.

}  // namespace ktstr

#endif  // KTSTR_CLI_EXIT_CODE_H_
