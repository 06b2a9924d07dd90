// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/work/alu/alu_chains.h"

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ktstr/base/check.h"
#include "ktstr/base/work/alu/alu_kernels.h"
#include "ktstr/base/work/alu/alu_width.h"
#include "ktstr/base/work/random.h"

namespace ktstr {
namespace {

uint64_t TimesModulo(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>(Wide{a} * b % kAluModulus);
}

// kAluMultiplier to the power of `exponent`.
uint64_t PowerOfMultiplier(uint64_t exponent) {
  uint64_t power = 1;
  uint64_t square = kAluMultiplier;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) power = TimesModulo(power, square);
    square = TimesModulo(square, square);
  }
  return power;
}

// No byte and no lane is 0, and no lane is too large.
std::unique_ptr<AluState> StateOf(uint64_t seed) {
  auto state = std::make_unique<AluState>();
  Random random(seed);
  for (auto& chain : state->lanes) {
    for (uint64_t& lane : chain) lane = 1 + random.Below(kAluModulus - 1);
  }
  for (auto& tile : state->sums) {
    for (auto& row : tile) {
      for (int32_t& sum : row) sum = static_cast<int32_t>(random.Next());
    }
  }
  for (auto* factors : {&state->left, &state->right}) {
    for (auto& tile : *factors) {
      for (auto& row : tile) {
        for (int8_t& byte : row) {
          byte = static_cast<int8_t>(1 + random.Below(127));
        }
      }
    }
  }
  return state;
}

// One element of the product of a chain's factors.
int64_t TileProduct(const AluState& state, size_t chain, size_t row,
                    size_t column) {
  const auto& left = state.left[chain / 2];
  const auto& right = state.right[chain % 2];
  int64_t sum = 0;
  for (size_t i = 0; i < kTileRowBytes; ++i) {
    sum += int64_t{left[row][i]} * right[i / 4][4 * column + i % 4];
  }
  return sum;
}

}  // namespace

AluChains::AluChains(AluWidth width, uint64_t seed)
    : state_(StateOf(seed)),
      run_(AluKernelOf(width)),
      seed_(seed),
      width_(width) {
  KTSTR_CHECK(run_ != nullptr);
}

bool AluChains::IsRight() const {
  return width_ == AluWidth::kAmx ? TilesAreRight() : LanesAreRight();
}

bool AluChains::LanesAreRight() const {
  const std::unique_ptr<AluState> begin = StateOf(seed_);
  const uint64_t factor = PowerOfMultiplier(steps_);
  for (size_t chain = 0; chain < kAluChains; ++chain) {
    for (size_t lane = 0; lane < AluLanes(width_); ++lane) {
      if (state_->lanes[chain][lane] !=
          TimesModulo(begin->lanes[chain][lane], factor)) {
        return false;
      }
    }
  }
  return true;
}

bool AluChains::TilesAreRight() const {
  const std::unique_ptr<AluState> begin = StateOf(seed_);
  for (size_t chain = 0; chain < kAluChains; ++chain) {
    for (size_t row = 0; row < kTileRows; ++row) {
      for (size_t column = 0; column < kTileRowBytes / 4; ++column) {
        // Unsigned, because it may wrap, as the hardware's sums do.
        const uint32_t expected =
            static_cast<uint32_t>(begin->sums[chain][row][column]) +
            static_cast<uint32_t>(steps_) *
                static_cast<uint32_t>(TileProduct(*state_, chain, row, column));
        if (static_cast<uint32_t>(state_->sums[chain][row][column]) !=
            expected) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace ktstr
