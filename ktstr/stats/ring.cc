// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/ring.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ktstr {

std::vector<Ring::Entry> Ring::Entries() const {
  const uint64_t end = added();
  const uint64_t begin = end > kKept ? end - kKept : 0;
  std::vector<Entry> entries;
  for (uint64_t i = begin; i < end; ++i) {
    const Slot& slot = slots_[i % kSlots];
    // Acquire: a newer half brings the newer count along for the check below.
    const int64_t at_ns = slot.at_ns.load(std::memory_order_acquire);
    const uint64_t pair = slot.pair.load(std::memory_order_acquire);
    entries.push_back({.at_ns = at_ns,
                       .from = static_cast<uint32_t>(pair >> 32),
                       .to = static_cast<uint32_t>(pair)});
  }
  // What the writer has reached meanwhile is from another time, or half of it.
  const uint64_t now = added();
  const uint64_t whole = now > kKept ? now - kKept : 0;
  const uint64_t overtaken = std::min(std::max(begin, whole), end) - begin;
  entries.erase(entries.begin(),
                entries.begin() + static_cast<std::ptrdiff_t>(overtaken));
  return entries;
}

}  // namespace ktstr
