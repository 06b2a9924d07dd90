// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_VM_CELLS_FAKE_KERNEL_H_
#define KTSTR_CLI_VM_CELLS_FAKE_KERNEL_H_

#include <string>

#include "absl/strings/string_view.h"

namespace ktstr {

// For tests: the bytes of a bzImage that says to be `release`, "6.12.1", and
// holds no kernel.
std::string FakeKernel(absl::string_view release);

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_CELLS_FAKE_KERNEL_H_
