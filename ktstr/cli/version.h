// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_VERSION_H_
#define KTSTR_CLI_VERSION_H_

#include "absl/strings/string_view.h"

namespace ktstr {

// A constant, so that the same sources always give the same binary.
inline constexpr absl::string_view kVersion = "0.1.0";

}  // namespace ktstr

#endif  // KTSTR_CLI_VERSION_H_
