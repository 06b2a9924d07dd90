// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_COMMANDS_DESCRIBE_COMMAND_H_
#define KTSTR_CLI_COMMANDS_DESCRIBE_COMMAND_H_

#include <string>

#include "ktstr/core/stressor.h"

namespace ktstr {

// `ktstr describe NAME`: everything that the table knows of one stressor, in
// 80 columns.
std::string DescribeStressor(const StressorDef& def);

}  // namespace ktstr

#endif  // KTSTR_CLI_COMMANDS_DESCRIBE_COMMAND_H_
