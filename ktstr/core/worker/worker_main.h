// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A worker's life, from its first instruction to its last.
#ifndef KTSTR_CORE_WORKER_WORKER_MAIN_H_
#define KTSTR_CORE_WORKER_WORKER_MAIN_H_

#include <sys/types.h>

#include <functional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/run_area.h"
#include "ktstr/core/worker/settings.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// What a worker needs to know of its run.
struct WorkerPlace {
  Stressor* stressor = nullptr;
  RunArea* run = nullptr;
  WorkerSetup setup;
  WorkerSettings settings;
  absl::string_view role;
  int news_fd = -1;  // An eventfd: a worker is at the gate, or has failed.
  // If set, called first of all, and before the settings: the calling thread
  // goes into its cgroup and notes that among its settings.
  std::function<void(WorkerRecord&)> enter;
};

// The worker's name for top(1): "ktstr:ROLE:INDEX". The kernel keeps 15 bytes,
// so the role is cut, and never the number: "ktstr:produc:12".
std::string WorkerName(absl::string_view role, uint32_t index);

// Makes the calling process a worker's: it dies with `supervisor`, leaves
// interrupts to it and can be kicked. For the first thread, after the fork.
// Returns false if the process must end at once.
bool BecomeWorkerProcess(pid_t supervisor);

// Lives one worker on the calling thread and leaves the outcome in its record.
void LiveWorker(const WorkerPlace& place);

// Lives all of `places` as threads of this process. Returns the exit code for
// it: 0, or 1 if a thread could not be made, which the record then says.
int LiveThreads(absl::Span<const WorkerPlace> places);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_WORKER_MAIN_H_
