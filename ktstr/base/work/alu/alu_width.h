// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_WORK_ALU_ALU_WIDTH_H_
#define KTSTR_BASE_WORK_ALU_ALU_WIDTH_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// The registers in which numbers are multiplied, narrowest first.
enum class AluWidth { kScalar, kVec128, kVec256, kVec512, kAmx };

// "scalar", "vec128", "vec256", "vec512", "amx".
absl::string_view AluWidthName(AluWidth width);

// What an x86 processor has, as cpuid says, and what of it the kernel lets
// programs use. Zeroes are a processor with none of it.
struct AluFeatures {
  bool sse2 = false;
  bool avx2 = false;
  bool avx512f = false;
  bool amx_tile = false;
  bool amx_int8 = false;
  // Register states that the kernel saves and restores, as bits of XCR0.
  uint64_t xcr0 = 0;
  // Those that it gives to processes that ask for them, of the same bits.
  uint64_t on_request = 0;
};

// Of this machine.
AluFeatures ReadAluFeatures();

// OK if `features` suffice for `width`; else Unimplemented with what is
// missing: "vec512 needs AVX512F, which the CPU has not got".
absl::Status CheckAluWidth(AluWidth width, const AluFeatures& features);

// Has the kernel let this process, its threads and the children that it forks
// from now on use `width`: for AMX it wants to be asked. That holds as long as
// they live, and changes nothing before the first such instruction.
// Unimplemented, with the reason, where the machine cannot.
absl::Status AllowAluWidth(AluWidth width);

// Allows the widest that this machine can, which it returns.
AluWidth AllowWidestAlu();

}  // namespace ktstr

#endif  // KTSTR_BASE_WORK_ALU_ALU_WIDTH_H_
