// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_MACHINE_SPEC_VM_MEMORY_H_
#define KTSTR_VM_MACHINE_SPEC_VM_MEMORY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/vm/machine_spec/vm_spec.h"

namespace ktstr {

// Every node gets the same share, a multiple of a huge page and at least this.
inline constexpr int64_t kHugePageBytes = int64_t{2} << 20;
inline constexpr int64_t kLeastNodeBytes = int64_t{128} << 20;

// Reads "512M", "2G" or "1T": powers of 1024, whole numbers, one letter, either
// case. Returns bytes. kInvalidArgument, with an example, for anything else;
// kOutOfRange for nothing and for more than 16T.
absl::StatusOr<int64_t> ParseMemory(absl::string_view text);

// `bytes` rounded up to what `spec` can share evenly. kOutOfRange where a node
// would get less than kLeastNodeBytes; the message says what is needed.
absl::StatusOr<int64_t> FitMemory(int64_t bytes, const VmSpec& spec);

// Bytes for a kernel, the initial file system and some 25 workers on each CPU.
int64_t DefaultMemory(const VmSpec& spec);

}  // namespace ktstr

#endif  // KTSTR_VM_MACHINE_SPEC_VM_MEMORY_H_
