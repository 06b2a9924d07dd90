// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_WORK_CACHE_WALK_H_
#define KTSTR_BASE_WORK_CACHE_WALK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace ktstr {

// Strided read-modify-writes that go on where they stopped, round and round an
// area of memory. A round with a stride of more than a cache line leaves lines
// out; the next one begins a line later, so that in the end every whole line
// has been touched. A value of one thread; the memory is the caller's.
class CacheWalk final {
 public:
  static constexpr size_t kLineBytes = 64;

  // `area` is not empty and `stride` is not 0. One above the area's size visits
  // line after line.
  CacheWalk(absl::Span<uint8_t> area, size_t stride)
      : area_(area), stride_(stride) {}

  // 1024 steps, at most 0.1 ms on hardware, are good between two looks at stop.
  void Walk(uint64_t steps) {
    for (; steps > 0; --steps) {
      uint8_t& cell = area_[position_];
      ++cell;
      // Opaque: the compiler can neither merge steps nor leave one out.
      __asm__ __volatile__("" : "+m"(cell));
      Advance();
    }
  }

  // A number of steps after which every whole line of an area of `bytes` has
  // been touched.
  static uint64_t StepsForAll(size_t bytes, size_t stride) {
    const uint64_t rounds =
        (std::min(stride, bytes) + kLineBytes - 1) / kLineBytes;
    return rounds * ((bytes - 1) / stride + 1);
  }

 private:
  void Advance() {
    // Not a sum, which could overflow.
    if (stride_ < area_.size() - position_) {
      position_ += stride_;
      return;
    }
    begin_ += kLineBytes;
    if (begin_ >= std::min(stride_, area_.size())) begin_ = 0;
    position_ = begin_;
  }

  const absl::Span<uint8_t> area_;
  const size_t stride_;
  size_t begin_ = 0;  // Of the round.
  size_t position_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_WORK_CACHE_WALK_H_
