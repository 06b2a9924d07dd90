// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STATS_PAIR_COUNTS_H_
#define KTSTR_STATS_PAIR_COUNTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace ktstr {

// Counts moves from one CPU to another, by pair, in fixed memory: exact for the
// first 256 different pairs, which is all of 16 x 16 CPUs; moves of further
// pairs are counted together in lost(). A hash table with open addressing.
//
// Zero-filled memory is a valid empty one, used by address. One thread adds;
// anybody may read at any time.
class alignas(64) PairCounts final {
 public:
  static constexpr uint32_t kPairs = 256;

  struct Entry {
    uint32_t from = 0;
    uint32_t to = 0;
    uint64_t count = 0;
    bool operator==(const Entry&) const = default;
  };

  // CPU numbers are below 2^31, as in the kernel.
  void Add(uint32_t from, uint32_t to) {
    const uint64_t key = KeyOf(from, to);
    uint32_t at = HomeOf(key);
    for (uint32_t probe = 0; probe < kPairs; ++probe, ++at) {
      Slot& slot = slots_[at % kPairs];
      // Relaxed, here and below: the only writer reads what it wrote itself.
      const uint64_t present = slot.key.load(std::memory_order_relaxed);
      if (present == key) return Increment(slot.count);
      if (present != 0) continue;
      slot.count.store(1, std::memory_order_relaxed);  // The key publishes it.
      slot.key.store(key, std::memory_order_release);
      return;
    }
    Increment(lost_);
  }

  // All pairs that were counted, ordered by from and then to.
  std::vector<Entry> Entries() const;
  // Moves that found no room. 0: Entries() is complete.
  uint64_t lost() const {
    return lost_.load(std::memory_order_relaxed);  // Stands alone.
  }

 private:
  using Counter = std::atomic<uint64_t>;
  struct Slot {
    Counter key;  // 0: free.
    Counter count;
  };

  static constexpr uint64_t KeyOf(uint32_t from, uint32_t to) {
    return (uint64_t{from} << 32 | to) + 1;
  }
  // The top bits of a multiplication by 2^64 / golden ratio (Knuth, 6.4).
  static constexpr uint32_t HomeOf(uint64_t key) {
    return static_cast<uint32_t>((key * 0x9E3779B97F4A7C15u) >> 56);
  }
  static void Increment(Counter& counter) {
    // Relaxed: one writer, and no other memory hangs on the number.
    counter.store(counter.load(std::memory_order_relaxed) + 1,
                  std::memory_order_relaxed);
  }

  Counter lost_;
  Slot slots_[kPairs];
};

static_assert(std::is_standard_layout_v<PairCounts>);
static_assert(std::is_trivially_destructible_v<PairCounts>);

}  // namespace ktstr

#endif  // KTSTR_STATS_PAIR_COUNTS_H_
