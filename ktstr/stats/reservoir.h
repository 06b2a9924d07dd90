// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STATS_RESERVOIR_H_
#define KTSTR_STATS_RESERVOIR_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace ktstr {

// Keeps an unbiased sample of a stream of values in fixed memory: after n
// values each of them is kept with probability capacity / n (Algorithm R,
// Vitter 1985). As long as n <= capacity it keeps all of them, in order.
//
// A header followed by its slots: give it BytesFor(capacity) bytes of zeroed
// shared memory, aligned to 64, and use it by address:
//   Reservoir& samples = Reservoir::At(address);
//   samples.Start(capacity, seed);           // once, before anybody records
// Zero-filled memory is a valid reservoir of capacity 0, which counts and keeps
// nothing. One thread records; anybody may read at any time.
class alignas(64) Reservoir final {
 public:
  static constexpr size_t BytesFor(uint32_t capacity) {
    return sizeof(Reservoir) + capacity * sizeof(Slot);
  }
  static Reservoir& At(void* memory) {
    return *static_cast<Reservoir*>(memory);
  }
  static const Reservoir& At(const void* memory) {
    return *static_cast<const Reservoir*>(memory);
  }

  // The same seed and stream give the same sample; any seed will do, also 0.
  void Start(uint32_t capacity, uint64_t seed);

  void Record(int64_t value) {
    // Relaxed loads: the only writer reads what it wrote itself.
    const uint64_t seen = seen_.load(std::memory_order_relaxed);
    const uint32_t capacity = capacity_.load(std::memory_order_relaxed);
    if (capacity != 0) {
      const uint64_t place = seen < capacity ? seen : DrawBelow(seen + 1);
      // Relaxed: during the filling the store to seen_ publishes the slot;
      // afterwards the old and the new value are both a true sample.
      if (place < capacity) {
        slots()[place].store(value, std::memory_order_relaxed);
      }
    }
    seen_.store(seen + 1, std::memory_order_release);  // Publishes the slot.
  }

  // How many values there were, kept or not.
  uint64_t seen() const { return seen_.load(std::memory_order_acquire); }
  uint32_t capacity() const {
    return capacity_.load(std::memory_order_relaxed);  // Set before the start.
  }
  // The kept values; in the order of the stream as long as none was dropped.
  std::vector<int64_t> Samples() const;

 private:
  using Slot = std::atomic<int64_t>;

  Slot* slots() { return reinterpret_cast<Slot*>(this + 1); }
  const Slot* slots() const { return reinterpret_cast<const Slot*>(this + 1); }

  // A uniform draw from [0, bound): the high word of random * bound, redrawn in
  // the rare case that would favour some results (Lemire 2019).
  uint64_t DrawBelow(uint64_t bound) {
    using Wide = unsigned __int128;
    Wide product = Wide{NextRandom()} * bound;
    if (static_cast<uint64_t>(product) < bound) [[unlikely]] {
      const uint64_t uneven = (0 - bound) % bound;  // 2^64 mod bound.
      while (static_cast<uint64_t>(product) < uneven) {
        product = Wide{NextRandom()} * bound;
      }
    }
    return static_cast<uint64_t>(product >> 64);
  }
  // xorshift64* (Marsaglia 2003, Vigna 2016).
  uint64_t NextRandom() {
    random_ ^= random_ >> 12;
    random_ ^= random_ << 25;
    random_ ^= random_ >> 27;
    return random_ * 0x2545F4914F6CDD1Du;
  }

  std::atomic<uint64_t> seen_;
  uint64_t random_;  // Only the writer touches it. Never 0 once started.
  std::atomic<uint32_t> capacity_;
};

static_assert(sizeof(Reservoir) == 64);
static_assert(std::is_standard_layout_v<Reservoir>);
static_assert(std::is_trivially_destructible_v<Reservoir>);

}  // namespace ktstr

#endif  // KTSTR_STATS_RESERVOIR_H_
