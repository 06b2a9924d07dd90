// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_COMMANDS_COLUMNS_H_
#define KTSTR_CLI_COMMANDS_COLUMNS_H_

#include <cstddef>

namespace ktstr {

// What help and descriptions keep to.
inline constexpr size_t kHelpColumns = 80;

}  // namespace ktstr

#endif  // KTSTR_CLI_COMMANDS_COLUMNS_H_
