// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What stressors share that compute for a time and sleep for a time.
#ifndef KTSTR_CORE_WORK_BURSTS_H_
#define KTSTR_CORE_WORK_BURSTS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// Spins until `wall` has passed, preemption included, with a bookkeeping point
// every few microseconds. Returns false on stop.
bool SpinFor(Worker& worker, absl::Duration wall);

// The proof for a worker that slept so often: it gave up its CPU for each.
// Unimplemented where a few of a few are missing: one that is preempted before
// the call may find its deadline passed, and need not sleep.
absl::StatusOr<std::string> VerifySleeps(int64_t sleeps,
                                         int64_t voluntary_switches);

// The proof for a group of one worker, each iteration of which spun for `burst`
// of wall time and slept once: VerifySleeps, and in the bursts it was on a CPU
// or waited for one.
absl::StatusOr<std::string> VerifyBursts(const GroupResult& group,
                                         absl::Duration burst);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORK_BURSTS_H_
