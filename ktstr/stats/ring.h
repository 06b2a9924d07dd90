// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STATS_RING_H_
#define KTSTR_STATS_RING_H_

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace ktstr {

// Remembers the last 64 moves from one CPU to another, with their time.
//
// Zero-filled memory is a valid empty one, used by address. One thread adds;
// anybody may read at any time and gets whole entries only.
class alignas(64) Ring final {
 public:
  static constexpr uint64_t kKept = 64;

  struct Entry {
    int64_t at_ns = 0;  // CLOCK_MONOTONIC.
    uint32_t from = 0;
    uint32_t to = 0;
    bool operator==(const Entry&) const = default;
  };

  void Add(const Entry& entry) {
    // Relaxed: the only writer reads what it wrote itself.
    const uint64_t added = added_.load(std::memory_order_relaxed);
    Slot& slot = slots_[added % kSlots];
    // Release, all three: a reader who meets a new half of a slot also sees the
    // count before it and drops the entry; the last store publishes the slot.
    slot.at_ns.store(entry.at_ns, std::memory_order_release);
    slot.pair.store(uint64_t{entry.from} << 32 | entry.to,
                    std::memory_order_release);
    added_.store(added + 1, std::memory_order_release);
  }

  // How many entries there ever were.
  uint64_t added() const { return added_.load(std::memory_order_acquire); }
  // The last kKept entries, oldest first; fewer if the writer overtakes the
  // reader meanwhile.
  std::vector<Entry> Entries() const;

 private:
  // One more than is kept: the one that may be half written.
  static constexpr uint64_t kSlots = kKept + 1;

  struct Slot {
    std::atomic<int64_t> at_ns;
    std::atomic<uint64_t> pair;
  };

  std::atomic<uint64_t> added_;
  Slot slots_[kSlots];
};

static_assert(std::is_standard_layout_v<Ring>);
static_assert(std::is_trivially_destructible_v<Ring>);

}  // namespace ktstr

#endif  // KTSTR_STATS_RING_H_
