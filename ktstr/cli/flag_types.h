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
#include "ktstr/vm/qemu/accelerator.h"

namespace ktstr {

// A flag that adds up when it is given several times; one value may hold
// several texts with `kBetween` between them, of which blanks at the ends do
// not count.
template <char kBetween>
struct ListFlag {
  static constexpr char kSeparator = kBetween;
  std::vector<std::string> texts;
};

using TextList = ListFlag<';'>;
using NameList = ListFlag<','>;
// One text a value, whatever is in it but this control character.
using WordList = ListFlag<'\x1f'>;

bool AbslParseFlag(absl::string_view text, TextList* list, std::string* error);
std::string AbslUnparseFlag(const TextList& list);
bool AbslParseFlag(absl::string_view text, NameList* list, std::string* error);
std::string AbslUnparseFlag(const NameList& list);
bool AbslParseFlag(absl::string_view text, WordList* list, std::string* error);
std::string AbslUnparseFlag(const WordList& list);

enum class ColorMode { kAuto, kAlways, kNever };
bool AbslParseFlag(absl::string_view text, ColorMode* mode, std::string* error);
std::string AbslUnparseFlag(ColorMode mode);

bool AbslParseFlag(absl::string_view text, AcceleratorMode* mode,
                   std::string* error);
std::string AbslUnparseFlag(AcceleratorMode mode);

bool AbslParseFlag(absl::string_view text, WorkerMode* mode,
                   std::string* error);
std::string AbslUnparseFlag(WorkerMode mode);

}  // namespace ktstr

#endif  // KTSTR_CLI_FLAG_TYPES_H_
