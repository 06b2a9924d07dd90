// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Reads argv into the flags that are linked in. absl::ParseCommandLine is not
// used because it exits with 1, in several lines, and knows no near names.
#ifndef KTSTR_CLI_COMMAND_LINE_H_
#define KTSTR_CLI_COMMAND_LINE_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace ktstr {

// A flag and what it was set to, booleans as "true" and "false".
struct FlagSetting {
  std::string name;
  std::string value;
};

struct CommandLine {
  std::vector<std::string> words;     // Everything that is no flag, in order.
  std::set<std::string> given_flags;  // Names of the flags that were set.
  std::vector<FlagSetting> settings;  // All of them, in order.
};

// Sets the flags that `args` (without the program's name) hold and returns
// the words, which may stand anywhere. Understands --name=value,
// --name value, --name and --noname for booleans, a single dash, '-' for '_',
// and "--", after which everything is a word. Of a flag given twice the last
// counts, unless it is a ListFlag, which adds up. InvalidArgument, in one
// line, for what is not a flag or does not parse.
absl::StatusOr<CommandLine> ParseCommandLine(
    absl::Span<const char* const> args);

}  // namespace ktstr

#endif  // KTSTR_CLI_COMMAND_LINE_H_
