// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The loops of AluChains, one function of its own for each width, with
// instructions of that width.
#ifndef KTSTR_BASE_WORK_ALU_ALU_KERNELS_H_
#define KTSTR_BASE_WORK_ALU_ALU_KERNELS_H_

#include <cstddef>
#include <cstdint>

#include "ktstr/base/work/alu/alu_width.h"

namespace ktstr {

inline constexpr size_t kAluChains = 4;
inline constexpr size_t kMaxAluLanes = 8;  // Of 64 bits, in 512.
inline constexpr size_t kTileRows = 16;
inline constexpr size_t kTileRowBytes = 64;

// A step of a lane is one of a multiply-with-carry generator (Marsaglia):
// x becomes (x mod 2^32) * kAluMultiplier + x / 2^32. That is a product modulo
// kAluModulus, a prime: x * kAluMultiplier. From 1 .. kAluModulus - 1 it never
// leaves them.
inline constexpr uint64_t kAluMultiplier = 4294957665;
inline constexpr uint64_t kAluModulus = (kAluMultiplier << 32) - 1;

// What the loops work on; only AMX uses tiles, and no lanes. Plain data.
struct AluState {
  alignas(64) uint64_t lanes[kAluChains][kMaxAluLanes];

  // A step adds the product of two tiles of bytes to each chain's tile of
  // sums, modulo 2^32: chain c is left[c / 2] times right[c % 2], the latter in
  // the order of TDPBSSD, which keeps four bytes of a column together.
  alignas(64) int32_t sums[kAluChains][kTileRows][kTileRowBytes / 4];
  alignas(64) int8_t left[2][kTileRows][kTileRowBytes];
  alignas(64) int8_t right[2][kTileRows][kTileRowBytes];
};

using AluKernel = void (*)(AluState& state, uint64_t steps);

// The loop of a width, nullptr if this architecture has none.
AluKernel AluKernelOf(AluWidth width);

// The 64-bit lanes of a register; 0 for AMX, which has tiles.
size_t AluLanes(AluWidth width);

// On machines without the width, SIGILL.
void RunAluScalar(AluState& state, uint64_t steps);
void RunAluVec128(AluState& state, uint64_t steps);
void RunAluVec256(AluState& state, uint64_t steps);
void RunAluVec512(AluState& state, uint64_t steps);
void RunAluAmx(AluState& state, uint64_t steps);

}  // namespace ktstr

#endif  // KTSTR_BASE_WORK_ALU_ALU_KERNELS_H_
