// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// When, where and as which one a wake-up was sent: what the wakee needs to
// know its latency.
#ifndef KTSTR_CORE_WORKER_WAKE_STAMP_H_
#define KTSTR_CORE_WORKER_WAKE_STAMP_H_

#include <atomic>
#include <cstdint>
#include <type_traits>

namespace ktstr {

// Lives in memory that waker and wakee share; zeroed means "never stamped".
// One writer at a time. Readers may come at any time: a stamp that is being
// overwritten reads as none (a seqlock that does not retry, because the newer
// stamp belongs to another wake-up anyway).
class alignas(64) WakeStamp final {
 public:
  struct Value {
    uint64_t sequence = 0;  // Counts from 1; 0: no stamp, or a torn one.
    int64_t time_ns = 0;
    uint32_t cpu = 0;
  };

  void Write(const Value& value) {
    // Relaxed stores between two sequence numbers: the fence keeps them after
    // the first, release before the second.
    begun_.store(value.sequence, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    time_ns_.store(value.time_ns, std::memory_order_relaxed);
    cpu_.store(value.cpu, std::memory_order_relaxed);
    done_.store(value.sequence, std::memory_order_release);
  }

  Value Read() const {
    // The mirror image of Write, in the opposite order.
    const uint64_t done = done_.load(std::memory_order_acquire);
    Value value = {done, time_ns_.load(std::memory_order_relaxed),
                   cpu_.load(std::memory_order_relaxed)};
    std::atomic_thread_fence(std::memory_order_acquire);
    if (begun_.load(std::memory_order_relaxed) != done) value.sequence = 0;
    return value;
  }

 private:
  std::atomic<uint64_t> begun_;
  std::atomic<int64_t> time_ns_;
  std::atomic<uint32_t> cpu_;
  std::atomic<uint64_t> done_;
};

static_assert(std::is_standard_layout_v<WakeStamp>);
static_assert(std::is_trivially_destructible_v<WakeStamp>);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_WAKE_STAMP_H_
