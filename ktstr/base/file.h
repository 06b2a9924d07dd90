// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_FILE_H_
#define KTSTR_BASE_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace ktstr {

// Everything in the file, read to its end; sizes are not believed, since files
// of /proc and /sys say 0 or 4096. Errors carry errno and name the path.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// The same without white space at the end: what one wants of a file of /sys.
absl::StatusOr<std::string> ReadFileTrimmed(const std::string& path);

}  // namespace ktstr

#endif  // KTSTR_BASE_FILE_H_
