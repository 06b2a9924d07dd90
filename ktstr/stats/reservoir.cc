// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/reservoir.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

namespace ktstr {
namespace {

// The finaliser of splitmix64 (Steele, Lea, Flood 2014): neighbouring seeds,
// such as those of neighbouring workers, start far apart.
uint64_t Mix(uint64_t seed) {
  uint64_t mixed = seed + 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

}  // namespace

void Reservoir::Start(uint32_t capacity, uint64_t seed) {
  const uint64_t state = Mix(seed);
  random_ = state != 0 ? state : 1;  // xorshift never leaves 0.
  // Relaxed: called before there is anybody to record or read.
  capacity_.store(capacity, std::memory_order_relaxed);
}

std::vector<int64_t> Reservoir::Samples() const {
  const uint64_t kept = std::min<uint64_t>(seen(), capacity());
  std::vector<int64_t> samples(kept);
  for (uint64_t i = 0; i < kept; ++i) {
    // Relaxed: seen() has acquired the filling; see Record.
    samples[i] = slots()[i].load(std::memory_order_relaxed);
  }
  return samples;
}

}  // namespace ktstr
