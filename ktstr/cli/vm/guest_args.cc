// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/guest_args.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/user/user.h"
#include "ktstr/cli/command_line.h"

namespace ktstr {
namespace {

bool IsForHost(absl::string_view flag) {
  constexpr absl::string_view kHostFlags[] = {"vm",     "kernel",  "scheduler",
                                              "format", "output",  "quiet",
                                              "color",  "dry_run", "long"};
  return absl::StartsWith(flag, "vm_") ||
         absl::c_linear_search(kHostFlags, flag);
}

// The guest does not know the host's users by their names.
std::string ValueFor(const FlagSetting& setting) {
  if (setting.name != "user") return setting.value;
  const absl::StatusOr<UserIds> user = ParseUser(setting.value);
  return user.ok() ? user->ToText() : setting.value;
}

}  // namespace

std::vector<std::string> GuestArgs(const CommandLine& line) {
  std::vector<std::string> args;
  for (const FlagSetting& setting : line.settings) {
    if (IsForHost(setting.name)) continue;
    args.push_back(absl::StrCat("--", setting.name, "=", ValueFor(setting)));
  }
  args.push_back("--");
  args.insert(args.end(), line.words.begin(), line.words.end());
  return args;
}

}  // namespace ktstr
