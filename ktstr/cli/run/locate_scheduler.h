// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_RUN_LOCATE_SCHEDULER_H_
#define KTSTR_CLI_RUN_LOCATE_SCHEDULER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ktstr {

// The words of --scheduler with the absolute path of the program, which may be
// found by PATH. No words stay none. InvalidArgument begins with the flag.
absl::StatusOr<std::vector<std::string>> LocateScheduler(
    std::vector<std::string> words);

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_LOCATE_SCHEDULER_H_
