// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_IPC_VARIANCE_LINE_CYCLE_H_
#define KTSTR_STRESSORS_IPC_VARIANCE_LINE_CYCLE_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/work/random.h"

namespace ktstr {

// An area of memory whose cache lines form one cycle in random order, each of
// them telling which is next: no touch can begin before the one before it
// ended, and none comes back to a line before all others were touched. Belongs
// to one thread, which alone touches the memory.
class LineCycle final {
 public:
  static constexpr size_t kLineBytes = 64;

  // `bytes` is that of at least two lines, and at most 2^32 of them.
  static absl::StatusOr<LineCycle> Create(size_t bytes);

  size_t lines() const { return lines_.size(); }
  uint64_t touches() const { return touches_; }

  // Makes the cycle and puts something else than zeroes into the rest of all
  // lines. Asks `go_on()` every so often, at most 0.2 ms apart on hardware.
  // Returns false if it said no; then there is no cycle.
  template <typename GoOn>
  bool Fill(Random& random, GoOn go_on) {
    for (size_t i = 0; i < lines(); ++i) {
      if (i % kLinesPerLook == 0 && !go_on()) return false;
      Begin(i, random.Next());
    }
    for (size_t i = lines() - 1; i > 0; --i) {
      if (i % kLinesPerLook == 0 && !go_on()) return false;
      // Not with itself: a permutation without a shorter cycle (Sattolo).
      std::swap(lines_[i].next, lines_[random.Below(i)].next);
    }
    return true;
  }

  // Reads and writes so many lines; goes on where the last call stopped. 1024
  // touches, 0.2 ms on hardware, are good between two looks at stop.
  void Touch(uint64_t touches) {
    touches_ += touches;
    for (; touches > 0; --touches) {
      Line& line = lines_[at_];
      ++line.touched;
      at_ = line.next;
    }
  }

  // Where it is: the index of a line.
  uint32_t at() const { return at_; }

 private:
  static constexpr size_t kLinesPerLook = 1024;

  struct Line {
    uint32_t next;
    uint32_t touched;
    uint64_t rest[7];
  };
  static_assert(sizeof(Line) == kLineBytes);

  LineCycle(Mapping memory, size_t lines)
      : memory_(std::move(memory)),
        lines_(static_cast<Line*>(memory_.data()), lines) {}

  // Makes line `i` a cycle of its own.
  void Begin(size_t i, uint64_t filling) {
    Line& line = lines_[i];
    line.next = static_cast<uint32_t>(i);
    line.touched = 1;
    for (uint64_t& word : line.rest) word = filling | 1;
  }

  Mapping memory_;
  absl::Span<Line> lines_;
  uint32_t at_ = 0;
  uint64_t touches_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_IPC_VARIANCE_LINE_CYCLE_H_
