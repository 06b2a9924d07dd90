// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_ENVIRONMENT_H_
#define KTSTR_CLI_ENVIRONMENT_H_

#include <cstdlib>
#include <string>

namespace ktstr {

// The variable `name` of this process's environment; "" if it is not set.
inline std::string Environment(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace ktstr

#endif  // KTSTR_CLI_ENVIRONMENT_H_
