// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/locate_scheduler.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/command/command.h"
#include "ktstr/cli/environment.h"

namespace ktstr {

absl::StatusOr<std::vector<std::string>> LocateScheduler(
    std::vector<std::string> words) {
  if (words.empty()) return words;
  const absl::StatusOr<std::string> path =
      FindProgram(words[0], Environment("PATH"));
  if (!path.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--scheduler: ", path.status().message()));
  }
  const std::unique_ptr<char, void (*)(void*)> absolute(
      realpath(path->c_str(), nullptr), free);
  words[0] = absolute == nullptr ? *path : absolute.get();
  return words;
}

}  // namespace ktstr
