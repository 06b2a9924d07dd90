// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_EXCHANGE_COMMON_BOUND_H_
#define KTSTR_CORE_EXCHANGE_COMMON_BOUND_H_

#include <atomic>
#include <cstdint>

#include "ktstr/core/worker/worker.h"

namespace ktstr {

// The end of a group whose workers need each other and do not get on at the
// same pace: beyond its own bound a worker goes on until all have reached
// theirs. Lives in shared memory, zeroed.
class CommonBound final {
 public:
  // In place of NextIteration. `through`, the caller's own, begins as false.
  // The last of `all` to reach its bound calls `wake`, which has to wake those
  // who wait, and to make sure that they look at ReachedBy() again.
  template <typename Wake>
  bool GoesOn(Worker& worker, uint32_t all, bool& through, Wake wake) {
    if (worker.NextIteration()) return true;
    if (worker.Stopping()) return false;
    if (!through) {
      through = true;
      if (count_.fetch_add(1, std::memory_order_acq_rel) + 1 == all) wake();
    }
    return !ReachedBy(all);
  }

  bool ReachedBy(uint32_t all) const {
    return count_.load(std::memory_order_acquire) == all;
  }

 private:
  alignas(64) std::atomic<uint32_t> count_;  // Of those who are through.
};

}  // namespace ktstr

#endif  // KTSTR_CORE_EXCHANGE_COMMON_BOUND_H_
