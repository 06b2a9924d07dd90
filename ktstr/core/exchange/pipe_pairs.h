// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_EXCHANGE_PIPE_PAIRS_H_
#define KTSTR_CORE_EXCHANGE_PIPE_PAIRS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ktstr/base/fd.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// Groups of two workers that hand one byte back and forth through two pipes.
// Turn t (counting from 0) belongs to position t % 2. Position 0 begins and is
// not woken for its first turn.
class PipePairs final {
 public:
  // Makes pipes and stamps for all groups.
  absl::Status Prepare(Preparation& preparation);

  // Sleeps in read(2) until `turn` is there, and pairs it with its stamp.
  // Returns false on stop. A byte of another turn counts as a failure and ends
  // the worker too.
  bool Await(Worker& worker, uint64_t turn) const;

  // Stamps and writes the turn after `turn` to the partner. Returns false on
  // stop.
  bool Pass(Worker& worker, uint64_t turn) const;

 private:
  // By worker: what wakes it.
  std::vector<Pipe> pipes_;
  absl::Span<WakeStamp> stamps_;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_EXCHANGE_PIPE_PAIRS_H_
