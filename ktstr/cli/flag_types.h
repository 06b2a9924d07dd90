// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Types of flags that are more than a number or a text, with the parsing that
// absl::ParseFlag finds.
#ifndef KTSTR_CLI_FLAG_TYPES_H_
#define KTSTR_CLI_FLAG_TYPES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ktstr/core/run_options.h"

namespace ktstr {

// A flag that adds up when it is given several times; one value may hold
// several texts with ';' between them.
struct TextList {
  std::vector<std::string> texts;
};
bool AbslParseFlag(absl::string_view text, TextList* list, std::string* error);
std::string AbslUnparseFlag(const TextList& list);

enum class ColorMode { kAuto, kAlways, kNever };
bool AbslParseFlag(absl::string_view text, ColorMode* mode, std::string* error);
std::string AbslUnparseFlag(ColorMode mode);

bool AbslParseFlag(absl::string_view text, WorkerMode* mode,
                   std::string* error);
std::string AbslUnparseFlag(WorkerMode mode);

}  // namespace ktstr

#endif  // KTSTR_CLI_FLAG_TYPES_H_
