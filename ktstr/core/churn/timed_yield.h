// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_CHURN_TIMED_YIELD_H_
#define KTSTR_CORE_CHURN_TIMED_YIELD_H_

#include <errno.h>
#include <sched.h>

#include <cstdint>

#include "ktstr/core/metric.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {

// Calls sched_yield(2) and records its yield_time, which the stressor's row has
// to name.
inline void TimedYield(Worker& worker) {
  const int64_t begin = worker.Now();
  if (sched_yield() != 0) worker.CountFailure("sched_yield", errno);
  worker.Record(Metric::kYieldTime, worker.Now() - begin);
}

}  // namespace ktstr

#endif  // KTSTR_CORE_CHURN_TIMED_YIELD_H_
