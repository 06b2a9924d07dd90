// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/alu/alu_kernels.h"

#include <cstddef>
#include <cstdint>

#include "ktstr/base/work/alu/alu_width.h"

namespace ktstr {

void RunAluScalar(AluState& state, uint64_t steps) {
  uint64_t a = state.lanes[0][0];
  uint64_t b = state.lanes[1][0];
  uint64_t c = state.lanes[2][0];
  uint64_t d = state.lanes[3][0];
  for (; steps > 0; --steps) {
    a = static_cast<uint32_t>(a) * kAluMultiplier + (a >> 32);
    b = static_cast<uint32_t>(b) * kAluMultiplier + (b >> 32);
    c = static_cast<uint32_t>(c) * kAluMultiplier + (c >> 32);
    d = static_cast<uint32_t>(d) * kAluMultiplier + (d >> 32);
    // In registers and opaque: the compiler shall not make vectors of them.
    __asm__ __volatile__("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
  }
  state.lanes[0][0] = a;
  state.lanes[1][0] = b;
  state.lanes[2][0] = c;
  state.lanes[3][0] = d;
}

AluKernel AluKernelOf(AluWidth width) {
  switch (width) {
    case AluWidth::kScalar:
      return RunAluScalar;
#if defined(__x86_64__)
    case AluWidth::kVec128:
      return RunAluVec128;
    case AluWidth::kVec256:
      return RunAluVec256;
    case AluWidth::kVec512:
      return RunAluVec512;
    case AluWidth::kAmx:
      return RunAluAmx;
#else
    default:
      break;
#endif
  }
  return nullptr;
}

size_t AluLanes(AluWidth width) {
  return width == AluWidth::kAmx ? 0 : size_t{1} << static_cast<int>(width);
}

}  // namespace ktstr
