// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_SWEPT_REGION_H_
#define KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_SWEPT_REGION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "ktstr/base/mapping.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// What came of a region's sweeps. Plain data that may live in shared memory.
struct SweepBooks {
  uint64_t nodes = 0;      // That it could be moved to.
  uint64_t sweeps = 0;     // From the region's begin to its end.
  uint64_t pages = 0;      // So many were looked at after their move, of which
  uint64_t on_target = 0;  // so many were where they were moved to,
  uint64_t moved = 0;      // and so many had been elsewhere.
  uint64_t repeats = 0;    // Moves that left something behind at first.
  uint64_t corrupt = 0;    // Pages that had lost what was written to them.
};

// The proof for a worker that made so many passes: every page was on the node
// that it was moved to, with what was in it.
absl::StatusOr<std::string> JudgeSweeps(const SweepBooks& books,
                                        uint64_t passes);

// Memory of a worker that goes from node to node.
class SweptRegion final {
 public:
  // Rounds `bytes` up to pages, none of which is there yet.
  static absl::StatusOr<SweptRegion> Create(size_t bytes, uint64_t seed);

  uint64_t pages() const { return memory_.size() / page_size_; }

  // What is in a page.
  uint64_t* WordsOf(uint64_t page) const {
    return reinterpret_cast<uint64_t*>(static_cast<char*>(memory_.data()) +
                                       page * page_size_);
  }

  // Moves it to `node`, touches every page and asks for each where it is. What
  // is elsewhere is moved once more; what still is not there then counts as a
  // move that failed. The first sweep binds and fills it instead, no zeroes,
  // for there is nothing to move. Records the move_time of all moves together,
  // unless one failed. Goes in blocks, between which it looks at the stop word;
  // returns false once that is set.
  bool Sweep(Worker& worker, uint32_t node, SweepBooks& books);

 private:
  struct Block {
    uint64_t first;
    uint64_t count;
  };

  SweptRegion(Mapping memory, size_t page_size, uint64_t seed)
      : memory_(std::move(memory)), page_size_(page_size), seed_(seed) {}

  bool Move(Worker& worker, const Block& block, uint32_t node) const;
  void Fill(const Block& block) const;
  void Touch(const Block& block, SweepBooks& books) const;
  uint64_t CountOn(Worker& worker, const Block& block, uint32_t node) const;
  // Returns false if a move failed.
  bool LookFor(Worker& worker, const Block& block, uint32_t node,
               SweepBooks& books);

  Mapping memory_;
  size_t page_size_;
  uint64_t seed_;
  uint64_t sweeps_ = 0;
  uint32_t node_ = 0;  // Of the last sweep.
};

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_SWEPT_REGION_H_
