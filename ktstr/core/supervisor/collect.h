// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// From the workers' records and the ends of their processes to results.
#ifndef KTSTR_CORE_SUPERVISOR_COLLECT_H_
#define KTSTR_CORE_SUPERVISOR_COLLECT_H_

#include <cstdint>

#include "ktstr/core/live_view.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/supervisor/crew.h"

namespace ktstr {

// Returns what `crew` did and how it ended, without the verdict of its proof.
// `start_ns` is when the gate opened, 0 if it never did. For a crew of which
// nothing runs any more.
StressorResult CollectResult(const Crew& crew, int64_t start_ns);

// Returns the same before anything ran: names, parameters and roles only.
StressorResult EmptyResult(const PlannedStressor& planned, WorkerMode mode);

// Returns how `crew` is getting on. At any time.
LiveStressor LiveOf(const Crew& crew);

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_COLLECT_H_
