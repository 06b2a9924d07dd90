// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_SPIN_H_
#define KTSTR_BASE_SPIN_H_

#include <cstdint>

namespace ktstr {

// Tells the CPU that this is a spin loop, so that an SMT sibling gets on. On a
// virtual machine it may hand the CPU to the host (pause loop exiting).
inline void CpuRelax() {
#if defined(__x86_64__)
  __asm__ __volatile__("pause" ::: "memory");
#elif defined(__aarch64__)
  __asm__ __volatile__("yield" ::: "memory");
#else
  __asm__ __volatile__("" ::: "memory");
#endif
}

// Burns CPU time in user space: `rounds` times one multiply-add, each of which
// needs the one before, and one CpuRelax(). Touches no memory. What a round
// costs is the CPU's affair (13 to 140 cycles on x86, most of it the pause).
inline void Spin(uint64_t rounds) {
  // Knuth's MMIX generator: any odd multiplier would do.
  constexpr uint64_t kMultiplier = 6364136223846793005;
  constexpr uint64_t kIncrement = 1442695040888963407;
  uint64_t work = rounds;
  for (uint64_t round = 0; round < rounds; ++round) {
    work = work * kMultiplier + kIncrement;
    // Opaque: the compiler can neither drop the chain nor compute it ahead.
    __asm__ __volatile__("" : "+r"(work));
    CpuRelax();
  }
}

}  // namespace ktstr

#endif  // KTSTR_BASE_SPIN_H_
