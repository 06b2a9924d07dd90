// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Where and as what a worker runs: asked of the kernel, then read back.
#ifndef KTSTR_CORE_WORKER_SETTINGS_H_
#define KTSTR_CORE_WORKER_SETTINGS_H_

#include <cstdint>

#include "ktstr/base/cpu_set.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

struct WorkerSettings {
  const CpuSet* cpus = nullptr;  // Null: inherit, and ask for nothing.
  int64_t timer_slack_ns = 1;    // >= 1.
};

// Applies `settings` to the calling thread and writes what was asked, what
// the kernel says it is now, and errno of what it refused into `record`.
// Nothing is silent and nothing stops the worker: the report tells.
void ApplySettings(const WorkerSettings& settings, WorkerRecord& record);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_SETTINGS_H_
