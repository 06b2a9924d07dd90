// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/random_cpus.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ktstr/base/check.h"
#include "ktstr/base/cpu_set.h"

namespace ktstr {
namespace {

// splitmix64 (Steele, Lea, Flood 2014): the next number of the stream.
uint64_t Next(uint64_t& state) {
  uint64_t mixed = state += 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

}  // namespace

CpuSet RandomCpus(const CpuSet& cpus, uint32_t count, uint64_t seed,
                  uint64_t worker) {
  std::vector<uint32_t> rest = cpus.cpus();
  KTSTR_CHECK(count <= rest.size());
  // Mixed twice: neighbouring seeds and workers start far apart.
  uint64_t state = Next(seed) ^ worker;
  state = Next(state);
  CpuSet chosen;
  // The first `count` steps of a Fisher-Yates shuffle.
  for (size_t i = 0; i < count; ++i) {
    // At most 2^16 CPUs: the remainder favours none by more than 2^-48.
    std::swap(rest[i], rest[i + Next(state) % (rest.size() - i)]);
    chosen.Add(rest[i]);
  }
  return chosen;
}

}  // namespace ktstr
