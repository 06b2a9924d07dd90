// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_CHURN_ARRIVALS_H_
#define KTSTR_CORE_CHURN_ARRIVALS_H_

#include <atomic>
#include <cstdint>

#include "ktstr/core/worker/worker.h"

namespace ktstr {

// A point in the bodies of several workers that nobody passes before enough of
// them came. Lives in shared memory, zeroed; serves once. What was written
// before an arrival is seen after the wait.
class Arrivals final {
 public:
  // Counts the caller. The one that makes `all` of them wakes one who waits,
  // who wakes the next. It could not wake them all itself: the kernel takes all
  // off the word before it wakes them one after the other, and the first, if it
  // is real-time and wants the same CPU, would keep it from the rest.
  void Arrive(Worker& worker, uint32_t all) {
    if (count_.fetch_add(1, std::memory_order_acq_rel) + 1 != all) return;
    worker.WakeWord(count_, 1);
  }

  // Sleeps until `all` have arrived. Returns false on stop.
  bool Await(Worker& worker, uint32_t all) {
    if (!worker.AwaitWord(count_,
                          [all](uint32_t count) { return count >= all; })) {
      return false;
    }
    worker.WakeWord(count_, 1);
    return true;
  }

  bool Meet(Worker& worker, uint32_t all) {
    Arrive(worker, all);
    return Await(worker, all);
  }

 private:
  alignas(64) std::atomic<uint32_t> count_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_CHURN_ARRIVALS_H_
