// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/command_line.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/nearest_name.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cli/flag_types.h"

namespace ktstr {
namespace {

using absl::CommandLineFlag;

// A flag as it stands on the command line.
struct FlagText {
  std::string name;
  absl::optional<absl::string_view> value;
};

FlagText SplitFlag(absl::string_view arg) {
  absl::ConsumePrefix(&arg, "-");
  absl::ConsumePrefix(&arg, "-");
  const size_t equals = arg.find('=');
  FlagText text;
  text.name = absl::StrReplaceAll(arg.substr(0, equals), {{"-", "_"}});
  if (equals != absl::string_view::npos) text.value = arg.substr(equals + 1);
  return text;
}

absl::Status UnknownFlag(absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const auto& [known, flag] : absl::GetAllFlags()) names.push_back(known);
  std::sort(names.begin(), names.end());  // Ties are to end alike.
  return absl::InvalidArgumentError(
      absl::StrCat("there is no flag --", name, DidYouMean(name, names)));
}

// What `flag` takes, for a value that it did not take.
std::string Expected(const CommandLineFlag& flag, absl::string_view value,
                     absl::string_view error) {
  if (flag.IsOfType<bool>()) return "it is true or false";
  if (flag.IsOfType<absl::Duration>()) {
    uint64_t number = 0;
    if (absl::SimpleAtoi(value, &number)) {
      return absl::StrCat("a duration needs a unit, as in ", number, "s or ",
                          number, "ms");
    }
    return "it is a duration such as 500ms, 5s or 2m";
  }
  if (flag.IsOfType<uint32_t>()) {
    return absl::StrCat("it is a whole number from 0 to ",
                        std::numeric_limits<uint32_t>::max());
  }
  if (flag.IsOfType<uint64_t>()) {
    return absl::StrCat("it is a whole number from 0 to ",
                        std::numeric_limits<uint64_t>::max());
  }
  // Abseil's sentence ends with that of the flag's own type.
  const size_t own = error.rfind("; it is ");
  return std::string(own == absl::string_view::npos ? error
                                                    : error.substr(own + 2));
}

// What stands between the texts of a flag that adds up; "" for other flags.
absl::string_view SeparatorOf(const CommandLineFlag& flag) {
  static constexpr char kSeparators[] = {
      TextList::kSeparator, NameList::kSeparator, WordList::kSeparator};
  const absl::string_view separators(kSeparators, sizeof(kSeparators));
  if (flag.IsOfType<TextList>()) return separators.substr(0, 1);
  if (flag.IsOfType<NameList>()) return separators.substr(1, 1);
  if (flag.IsOfType<WordList>()) return separators.substr(2, 1);
  return "";
}

absl::Status SetFlag(CommandLineFlag& flag, absl::string_view value,
                     bool again) {
  std::string text(value);
  const absl::string_view separator = SeparatorOf(flag);
  if (again && !separator.empty()) {
    text = absl::StrCat(flag.CurrentValue(), separator, value);
  }
  std::string error;
  if (flag.ParseFrom(text, &error)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--", flag.Name(), "=", value, ": ", Expected(flag, value, error)));
}

// Finds "--noname" for a boolean `name`.
CommandLineFlag* FindNegated(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "no")) return nullptr;
  CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  return flag != nullptr && flag->IsOfType<bool>() ? flag : nullptr;
}

// Walks over the arguments.
class Walker {
 public:
  explicit Walker(absl::Span<const char* const> args) : args_(args) {}

  absl::StatusOr<CommandLine> Walk() {
    while (next_ < args_.size()) {
      const absl::string_view arg = args_[next_++];
      if (arg == "--") break;
      if (arg.size() < 2 || arg[0] != '-') {
        line_.words.emplace_back(arg);
      } else {
        KTSTR_RETURN_IF_ERROR(TakeFlag(SplitFlag(arg)));
      }
    }
    for (; next_ < args_.size(); ++next_) line_.words.push_back(args_[next_]);
    return std::move(line_);
  }

 private:
  absl::Status TakeFlag(FlagText text) {
    CommandLineFlag* flag = absl::FindCommandLineFlag(text.name);
    if (flag == nullptr) {
      flag = FindNegated(text.name);
      if (flag == nullptr) return UnknownFlag(text.name);
      if (text.value.has_value()) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", text.name, " takes no value"));
      }
      text.value = "false";
    }
    if (!text.value.has_value()) {
      KTSTR_ASSIGN_OR_RETURN(text.value, ImpliedValue(*flag));
    }
    line_.settings.push_back(
        {std::string(flag->Name()), std::string(*text.value)});
    const bool again = !line_.given_flags.emplace(flag->Name()).second;
    return SetFlag(*flag, *text.value, again);
  }

  absl::StatusOr<absl::string_view> ImpliedValue(const CommandLineFlag& flag) {
    if (flag.IsOfType<bool>()) return absl::string_view("true");
    if (next_ < args_.size()) return absl::string_view(args_[next_++]);
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag.Name(), " needs a value"));
  }

  const absl::Span<const char* const> args_;
  size_t next_ = 0;
  CommandLine line_;
};

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(
    absl::Span<const char* const> args) {
  return Walker(args).Walk();
}

}  // namespace ktstr
