// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_WORK_ALU_ALU_CHAINS_H_
#define KTSTR_BASE_WORK_ALU_ALU_CHAINS_H_

#include <cstdint>
#include <memory>

#include "ktstr/base/work/alu/alu_kernels.h"
#include "ktstr/base/work/alu/alu_width.h"

namespace ktstr {

// Four chains of multiplications, each of which needs the result of the one
// before and nothing of the other chains: work that keeps the multipliers of a
// CPU busy and touches no memory. What comes out after so many steps is known
// without taking them, so that IsRight() tells whether all of them were taken.
//
// For one thread. Takes 7 KiB when it is made, and nothing later.
class AluChains final {
 public:
  // `width` is one that AllowAluWidth() allowed.
  AluChains(AluWidth width, uint64_t seed);

  AluWidth width() const { return width_; }
  uint64_t steps() const { return steps_; }

  // One multiplication of each chain, in every lane of the width, `steps`
  // times; goes on where the last call stopped. 4096 steps, at most 0.1 ms on
  // hardware, are good between two looks at stop.
  void Step(uint64_t steps) {
    run_(*state_, steps);
    steps_ += steps;
  }

  // What the loops work on; a step taken in it alone is not counted.
  AluState& state() { return *state_; }

  // Whether the chains are where steps() steps lead.
  bool IsRight() const;

 private:
  bool LanesAreRight() const;
  bool TilesAreRight() const;

  // Not a member: g++ 12 does not align objects on the stack that it watches
  // for use after return.
  const std::unique_ptr<AluState> state_;
  const AluKernel run_;
  uint64_t steps_ = 0;
  const uint64_t seed_;
  const AluWidth width_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_WORK_ALU_ALU_CHAINS_H_
