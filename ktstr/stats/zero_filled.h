// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STATS_ZERO_FILLED_H_
#define KTSTR_STATS_ZERO_FILLED_H_

#include <cstddef>

#include "ktstr/base/mapping.h"

namespace ktstr {

// For tests: a T the way it exists in fresh shared memory, as zeroed bytes on
// which no constructor and no destructor ever run. `extra` bytes may follow it.
template <typename T>
class ZeroFilled final {
 public:
  explicit ZeroFilled(size_t extra = 0)
      : memory_(Mapping::CreateShared(sizeof(T) + extra).value()) {}
  T& operator*() { return *static_cast<T*>(memory_.data()); }
  T* operator->() { return static_cast<T*>(memory_.data()); }

 private:
  Mapping memory_;
};

}  // namespace ktstr

#endif  // KTSTR_STATS_ZERO_FILLED_H_
