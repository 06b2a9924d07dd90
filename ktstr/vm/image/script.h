// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_SCRIPT_H_
#define KTSTR_VM_IMAGE_SCRIPT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// True if `bytes` are those of a program that its first line, "#!...", names
// the interpreter of.
bool IsScript(absl::string_view bytes);

// The absolute paths of the programs that run a script: the one that its first
// line names and, if that is env(1), the one that env looks for, in the usual
// folders below `root`. InvalidArgument and NotFound (of env's program) with a
// message that continues the script's name.
absl::StatusOr<std::vector<std::string>> ScriptInterpreters(
    absl::string_view bytes, const std::string& root);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_SCRIPT_H_
