// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/flag_types.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "ktstr/base/nearest_name.h"

namespace ktstr {
namespace {

// By enumerator.
constexpr absl::string_view kColorModes[] = {"auto", "always", "never"};
constexpr absl::string_view kAcceleratorModes[] = {"auto", "kvm", "tcg"};
constexpr absl::string_view kWorkerModes[] = {"fork", "thread"};

template <typename Enum>
bool ParseChoice(absl::string_view text,
                 absl::Span<const absl::string_view> names, Enum* choice,
                 std::string* error) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != text) continue;
    *choice = static_cast<Enum>(i);
    return true;
  }
  *error = absl::StrCat("it is one of ", absl::StrJoin(names, ", "),
                        DidYouMean(text, names));
  return false;
}

template <typename List>
bool ParseList(absl::string_view text, List* list) {
  list->texts.clear();
  for (absl::string_view part : absl::StrSplit(text, List::kSeparator)) {
    part = absl::StripAsciiWhitespace(part);
    if (!part.empty()) list->texts.emplace_back(part);
  }
  return true;
}

template <typename List>
std::string JoinList(const List& list) {
  return absl::StrJoin(list.texts, std::string(1, List::kSeparator));
}

}  // namespace

bool AbslParseFlag(absl::string_view text, TextList* list, std::string*) {
  return ParseList(text, list);
}

std::string AbslUnparseFlag(const TextList& list) { return JoinList(list); }

bool AbslParseFlag(absl::string_view text, NameList* list, std::string*) {
  return ParseList(text, list);
}

std::string AbslUnparseFlag(const NameList& list) { return JoinList(list); }

bool AbslParseFlag(absl::string_view text, WordList* list, std::string*) {
  return ParseList(text, list);
}

std::string AbslUnparseFlag(const WordList& list) { return JoinList(list); }

bool AbslParseFlag(absl::string_view text, ColorMode* mode,
                   std::string* error) {
  return ParseChoice(text, kColorModes, mode, error);
}

std::string AbslUnparseFlag(ColorMode mode) {
  return std::string(kColorModes[static_cast<size_t>(mode)]);
}

bool AbslParseFlag(absl::string_view text, AcceleratorMode* mode,
                   std::string* error) {
  return ParseChoice(text, kAcceleratorModes, mode, error);
}

std::string AbslUnparseFlag(AcceleratorMode mode) {
  return std::string(kAcceleratorModes[static_cast<size_t>(mode)]);
}

bool AbslParseFlag(absl::string_view text, WorkerMode* mode,
                   std::string* error) {
  return ParseChoice(text, kWorkerModes, mode, error);
}

std::string AbslUnparseFlag(WorkerMode mode) {
  return std::string(kWorkerModes[static_cast<size_t>(mode)]);
}

}  // namespace ktstr
