// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The flags that say where and as what workers run, as plain values.
#ifndef KTSTR_CLI_PLACEMENT_PLACEMENT_FLAGS_H_
#define KTSTR_CLI_PLACEMENT_PLACEMENT_FLAGS_H_

#include "absl/status/statusor.h"
#include "ktstr/cli/command_line.h"
#include "ktstr/core/placement/placement_options.h"

namespace ktstr {

// Reads them after ParseCommandLine has set them. InvalidArgument, in one line
// that begins with the flag, for a value that no machine could take.
absl::StatusOr<PlacementOptions> ReadPlacement(const CommandLine& line);

}  // namespace ktstr

#endif  // KTSTR_CLI_PLACEMENT_PLACEMENT_FLAGS_H_
