// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_SAY_H_
#define KTSTR_CLI_SAY_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// Prints "ktstr: MESSAGE" as one line on standard error and returns `code`.
int Say(int code, absl::string_view message);
int Say(int code, const absl::Status& status);

}  // namespace ktstr

#endif  // KTSTR_CLI_SAY_H_
