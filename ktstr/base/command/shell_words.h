// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_COMMAND_SHELL_WORDS_H_
#define KTSTR_BASE_COMMAND_SHELL_WORDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// Splits `text` into words as a POSIX shell does: at blanks, with '...', "..."
// and \ for quoting. Nothing is expanded. InvalidArgument for a quote that is
// not closed and for a backslash at the end.
absl::StatusOr<std::vector<std::string>> ShellWords(absl::string_view text);

}  // namespace ktstr

#endif  // KTSTR_BASE_COMMAND_SHELL_WORDS_H_
