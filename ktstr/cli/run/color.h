// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_RUN_COLOR_H_
#define KTSTR_CLI_RUN_COLOR_H_

#include "ktstr/cli/flag_types.h"

namespace ktstr {

// Whether standard output gets colours. kAuto: if it is a terminal that has
// them, and NO_COLOR is not in the environment.
bool UseColor(ColorMode mode);

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_COLOR_H_
