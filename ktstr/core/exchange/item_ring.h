// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_EXCHANGE_ITEM_RING_H_
#define KTSTR_CORE_EXCHANGE_ITEM_RING_H_

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "absl/types/span.h"
#include "ktstr/base/work/random.h"

namespace ktstr {

// Which items somebody had: their number, and a sum that differs where one was
// had twice instead of another.
struct ItemTally {
  uint64_t count = 0;
  uint64_t sum = 0;

  void Add(uint64_t id) {
    ++count;
    sum += Random(id).Next();
  }
  ItemTally& operator+=(const ItemTally& other) {
    count += other.count;
    sum += other.sum;
    return *this;
  }
  friend bool operator==(const ItemTally&, const ItemTally&) = default;
};

// A queue of bounded depth in memory that several producers and consumers
// share. Never blocks, and spins only against those who got ahead of it. The
// idea is Vyukov's bounded queue: a position is claimed at one end, then the
// slot's own number says when it may be used, so that no two have the same
// item.
//
// One who dies between the two leaves a slot that nobody gets past: the queue
// then counts as empty or full, and nobody waits inside.
class ItemRing final {
 public:
  struct Item {
    uint64_t id = 0;
    int64_t pushed_ns = 0;
  };
  // Zeroed ones are an empty queue.
  struct Slot {
    // Even: free for lap turn / 2 of the producers; odd: holds that lap's item.
    alignas(32) std::atomic<uint64_t> turn;
    uint64_t id;
    int64_t pushed_ns;
  };
  struct Ends {
    alignas(
        64) std::atomic<uint64_t> pushes;  // Begun: the next one's position.
    alignas(64) std::atomic<uint64_t> pops;
  };

  // Of at least one slot; all must outlive it. Each user may have its own.
  ItemRing(Ends& ends, absl::Span<Slot> slots) : ends_(ends), slots_(slots) {}

  // Returns false if the queue is full.
  bool TryPush(const Item& item) {
    Slot* const slot = Claim(ends_.pushes, /*item_in_slot=*/0);
    if (slot == nullptr) return false;
    slot->id = item.id;
    slot->pushed_ns = item.pushed_ns;
    PassOn(*slot);
    return true;
  }

  // Returns false if the queue is empty, or its first item not quite there.
  bool TryPop(Item& item) {
    Slot* const slot = Claim(ends_.pops, /*item_in_slot=*/1);
    if (slot == nullptr) return false;
    item = {.id = slot->id, .pushed_ns = slot->pushed_ns};
    PassOn(*slot);
    return true;
  }

  // What is in it when nobody uses it any more.
  ItemTally Left() const {
    ItemTally left;
    // Relaxed: they ended before.
    for (const Slot& slot : slots_) {
      if (slot.turn.load(std::memory_order_relaxed) % 2 == 1) left.Add(slot.id);
    }
    return left;
  }

 private:
  // Takes the next position of an end, if its slot is there.
  Slot* Claim(std::atomic<uint64_t>& end, uint64_t item_in_slot) {
    // Relaxed: only the slot's turn orders what is in the slot.
    uint64_t position = end.load(std::memory_order_relaxed);
    for (;;) {
      Slot& slot = slots_[position % slots_.size()];
      const uint64_t mine = position / slots_.size() * 2 + item_in_slot;
      // Acquire: whoever had the slot before is through with it.
      const uint64_t turn = slot.turn.load(std::memory_order_acquire);
      if (turn < mine) return nullptr;
      if (turn > mine) {  // Somebody else had this position.
        position = end.load(std::memory_order_relaxed);
      } else if (end.compare_exchange_weak(position, position + 1,
                                           std::memory_order_relaxed)) {
        return &slot;
      }
    }
  }

  // Of the claimant alone: nobody else changes the turn meanwhile.
  static void PassOn(Slot& slot) {
    slot.turn.store(slot.turn.load(std::memory_order_relaxed) + 1,
                    std::memory_order_release);
  }

  Ends& ends_;
  const absl::Span<Slot> slots_;
};

static_assert(std::is_standard_layout_v<ItemRing::Slot>);

}  // namespace ktstr

#endif  // KTSTR_CORE_EXCHANGE_ITEM_RING_H_
