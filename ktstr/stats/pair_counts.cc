// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/pair_counts.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <tuple>
#include <vector>

namespace ktstr {

std::vector<PairCounts::Entry> PairCounts::Entries() const {
  std::vector<Entry> entries;
  for (const Slot& slot : slots_) {
    // Acquire: the first count comes with the key; relaxed for later ones.
    const uint64_t key = slot.key.load(std::memory_order_acquire);
    if (key == 0) continue;
    entries.push_back({.from = static_cast<uint32_t>((key - 1) >> 32),
                       .to = static_cast<uint32_t>(key - 1),
                       .count = slot.count.load(std::memory_order_relaxed)});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  return entries;
}

}  // namespace ktstr
