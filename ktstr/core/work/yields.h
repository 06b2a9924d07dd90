// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_WORK_YIELDS_H_
#define KTSTR_CORE_WORK_YIELDS_H_

#include <sched.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// The calls of sched_yield(2) of a stressor's workers, and the proof that the
// kernel switched to other tasks for them: several calls in a row during each
// of which the worker's own count of switches rose. Unlike the switches of the
// whole run, those cannot be the tick's, which is what they would be where
// passes are long or the machine is slow.
//
// Only some calls are looked at: every 16th, and the ones after it while it may
// become a row. A member of the stressor. Works for forked workers and threads.
class Yields final {
 public:
  // Returns like sched_yield(2). Tests pass others.
  using Call = int (*)();
  explicit Yields(Call yield = sched_yield) : yield_(yield) {}

  absl::Status Prepare(Preparation& preparation);

  // Yields once and records yield_time, which the stressor's row names.
  void Yield(Worker& worker);

  // Whether a worker has another one beside it that it can yield to.
  enum class Company { kCertain, kByChance };

  // Judges all workers together: which of them share a CPU is the scheduler's
  // choice, and one that was left alone has nobody to yield to. Unimplemented
  // where there are no more workers than CPUs, where there were too few calls,
  // and where nothing but chance brings workers together that yield.
  absl::StatusOr<std::string> Verify(const GroupResult& group,
                                     Company company = Company::kCertain) const;

 private:
  // Of a worker, which alone writes it.
  struct Count {
    alignas(64) std::atomic<uint64_t> yields;
    std::atomic<uint64_t> looks;     // Calls looked at, of which so many
    std::atomic<uint64_t> switched;  // were seen to switch,
    std::atomic<uint64_t> in_row;    // the last so many in a row; complete
    std::atomic<uint64_t> rows;      // rows.
  };

  const Call yield_;
  absl::Span<Count> counts_;  // By worker.
};

}  // namespace ktstr

#endif  // KTSTR_CORE_WORK_YIELDS_H_
