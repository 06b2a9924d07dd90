// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/numa_working_set_sweep/swept_region.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/memory/node_pages.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/base/work/random.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// Moved in one call, which stop cannot interrupt: about 0.5 ms. Smaller blocks
// cost more for the draining of all CPUs' page lists than for the pages.
constexpr size_t kBytesPerBlock = size_t{1} << 20;

}  // namespace

absl::StatusOr<std::string> JudgeSweeps(const SweepBooks& books,
                                        uint64_t passes) {
  if (books.nodes == 1) {
    return absl::UnimplementedError(
        "its cpuset allows memory of one node: nowhere to move to");
  }
  if (books.corrupt > 0) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%d pages did not hold what was written to them", books.corrupt));
  }
  if (books.sweeps < passes || books.on_target < books.pages) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%d passes with %d sweeps, after which %d of %d pages were on their "
        "target",
        passes, books.sweeps, books.on_target, books.pages));
  }
  if (books.moved == 0) {
    return absl::UnimplementedError("no pages moved are too few to tell");
  }
  return absl::StrFormat(
      "all of %d pages were on their target, %d of them moved there, in %d "
      "sweeps over %d nodes; %d moves were repeated",
      books.pages, books.moved, books.sweeps, books.nodes, books.repeats);
}

absl::StatusOr<SweptRegion> SweptRegion::Create(size_t bytes, uint64_t seed) {
  KTSTR_ASSIGN_OR_RETURN(Mapping memory, Mapping::CreatePrivate(bytes));
  return SweptRegion(std::move(memory),
                     static_cast<size_t>(sysconf(_SC_PAGESIZE)), seed);
}

bool SweptRegion::Sweep(Worker& worker, uint32_t node, SweepBooks& books) {
  const bool filled = sweeps_ > 0;
  bool complete = true;
  int64_t move_ns = 0;
  const uint64_t size = std::max<uint64_t>(kBytesPerBlock / page_size_, 1);
  for (uint64_t page = 0; page < pages(); page += size) {
    if (!worker.Look()) return false;
    const Block block = {page, std::min(size, pages() - page)};
    const int64_t begin = worker.Now();
    complete = Move(worker, block, node) && complete;
    move_ns += worker.Now() - begin;
    if (filled) {
      Touch(block, books);
    } else {
      Fill(block);
    }
    complete = LookFor(worker, block, node, books) && complete;
  }
  if (filled && complete) worker.Record(Metric::kMoveTime, move_ns);
  ++sweeps_;
  ++books.sweeps;
  node_ = node;
  return true;
}

bool SweptRegion::Move(Worker& worker, const Block& block,
                       uint32_t node) const {
  void* const begin = WordsOf(block.first);
  const size_t bytes = block.count * page_size_;
  const absl::Status status = sweeps_ == 0 ? BindPagesTo(node, begin, bytes)
                                           : MovePagesTo(node, begin, bytes);
  if (!status.ok()) worker.CountFailure("mbind", ErrnoOf(status));
  return status.ok();
}

void SweptRegion::Fill(const Block& block) const {
  Random random(seed_ + block.first);
  for (uint64_t i = block.first; i < block.first + block.count; ++i) {
    uint64_t* const words = WordsOf(i);
    words[0] = seed_ + i;
    const size_t count = page_size_ / sizeof(uint64_t);
    for (size_t w = 1; w < count; ++w) words[w] = random.Next() | 1;
  }
}

// The first word of each page tells how often it was touched.
void SweptRegion::Touch(const Block& block, SweepBooks& books) const {
  for (uint64_t i = block.first; i < block.first + block.count; ++i) {
    uint64_t& word = *WordsOf(i);
    const uint64_t expected = seed_ + i + sweeps_ - 1;
    if (word != expected) ++books.corrupt;
    word = expected + 1;
  }
}

uint64_t SweptRegion::CountOn(Worker& worker, const Block& block,
                              uint32_t node) const {
  const absl::StatusOr<uint64_t> there =
      CountPagesOn(node, WordsOf(block.first), block.count);
  if (there.ok()) return *there;
  worker.CountFailure("move_pages", ErrnoOf(there.status()));
  return 0;
}

bool SweptRegion::LookFor(Worker& worker, const Block& block, uint32_t node,
                          SweepBooks& books) {
  uint64_t there = CountOn(worker, block, node);
  bool complete = true;
  if (there < block.count) {
    ++books.repeats;
    complete = Move(worker, block, node);
    there = CountOn(worker, block, node);
    if (complete && there < block.count) {
      complete = false;
      // What mbind(2) would have said with MPOL_MF_STRICT.
      worker.CountFailure("mbind", EIO);
    }
  }
  books.pages += block.count;
  books.on_target += there;
  if (sweeps_ > 0 && node != node_) books.moved += there;
  return complete;
}

}  // namespace ktstr
