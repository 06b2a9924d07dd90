// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_COMMANDS_DESCRIBE_HOST_H_
#define KTSTR_CLI_COMMANDS_DESCRIBE_HOST_H_

#include <string>

#include "ktstr/core/host/host_context.h"

namespace ktstr {

// `ktstr describe host`: what this host is, and what runs can and cannot do on
// it, in 80 columns; with colours if `color`. Tries what is harmless, so the
// caller has one thread only.
std::string DescribeHost(bool color);

// The text of it for any host.
std::string DescribeHost(const HostContext& host, bool color);

}  // namespace ktstr

#endif  // KTSTR_CLI_COMMANDS_DESCRIBE_HOST_H_
