// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_IMAGE_STRIP_ELF_H_
#define KTSTR_VM_IMAGE_STRIP_ELF_H_

#include <string>

#include "absl/status/statusor.h"

namespace ktstr {

// The same program or library without what is never loaded: all behind the last
// segment (symbols, debug information, the table of sections) is cut off. It
// runs as before; debuggers and whatever else reads sections find nothing.
// InvalidArgument as of ParseElf().
absl::StatusOr<std::string> StripElf(std::string bytes);

}  // namespace ktstr

#endif  // KTSTR_VM_IMAGE_STRIP_ELF_H_
