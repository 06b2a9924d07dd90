// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_WORK_RANDOM_H_
#define KTSTR_BASE_WORK_RANDOM_H_

#include <cstdint>

namespace ktstr {

// Numbers that are random enough for a load, and the same for the same seed:
// splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
// Generators, 2014). A value of one thread.
class Random final {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
  }

  // Evenly 0 .. bound - 1, but for a bias of at most bound / 2^64. `bound` is
  // not 0.
  uint64_t Below(uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>(Wide{Next()} * bound >> 64);
  }

 private:
  uint64_t state_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_WORK_RANDOM_H_
