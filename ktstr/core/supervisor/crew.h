// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The workers of one stressor as the supervisor handles them: processes of
// their own, or the threads of one.
#ifndef KTSTR_CORE_SUPERVISOR_CREW_H_
#define KTSTR_CORE_SUPERVISOR_CREW_H_

#include <poll.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "ktstr/base/child.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/core/plan.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/supervisor/cgroups/crew_cgroups.h"
#include "ktstr/core/supervisor/cgroups/step_cgroups.h"
#include "ktstr/core/worker/run_area.h"
#include "ktstr/core/worker/settings.h"
#include "ktstr/core/worker/worker_main.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// A process that hosts workers [first, first + count).
struct WorkerProcess {
  Child child;
  uint32_t first = 0;
  uint32_t count = 0;
  absl::optional<ChildEnd> end;  // Set once it has ended,
  int64_t ended_ns = 0;          // which was then.
  // How it counts if we have to kill it; set when we did.
  absl::optional<WorkerEnd> killed_as;
  std::string state_when_killed;
  // Read from outside, because the worker that it was ended on its way.
  absl::optional<TaskCounters> last_counters;
};

// Not for several threads. The destructor kills and reaps what still runs.
class Crew final {
 public:
  // `planned` and `options` must outlive it.
  Crew(const PlannedStressor& planned, const RunOptions& options);
  ~Crew();

  // Makes the stressor, everything that its workers share and their cgroups,
  // of which `cgroups` outlives it. The errors are those of
  // StressorResult::setup.
  absl::Status Prepare(StepCgroups& cgroups);

  // Starts the workers, who go to `run`'s gate. Call after Prepare.
  absl::Status Spawn(const TickClock& clock, RunArea& run, int news_fd);

  // Starts the stop of all workers; `reason` is the first call's.
  void RequestStop(StopReason reason);
  bool stopping() const { return stop_reason_.has_value(); }

  // Kicks who has not ended and kills who is late, as the time since stop
  // demands. Returns when to call it again (CLOCK_MONOTONIC ns).
  int64_t Tend(int64_t now);

  // Kills what runs; it counts as `end`.
  void Kill(WorkerEnd end);

  // Adds the pidfds of what runs to `fds`; then NoteEnds, with the same part of
  // `fds` after a poll(2), notes what ended. Returns how many entries it took.
  void AddPollFds(std::vector<struct pollfd>& fds) const;
  size_t NoteEnds(const struct pollfd* fds);

  // Reaps what is known to have ended. Not for a caller with a real-time
  // policy: the kernel then waits for whoever uses the files of the process in
  // /proc, without a pause, also for a fair thread that it keeps from its CPU
  // (shrink_dcache_parent).
  void Reap();

  size_t running() const;  // Processes that are not known to have ended.
  bool lost() const;       // Some worker failed, or ended and had not finished.

  // Which one was lost and why, in one line; for after lost().
  std::string DescribeLoss() const;

  // A worker that is not at the gate yet, or nullopt.
  absl::optional<uint32_t> AnyUnready() const;

  // Where they may run.
  CpuSet Cpus() const;

  uint32_t workers() const { return planned_.workers; }
  const PlannedStressor& planned() const { return planned_; }
  const std::vector<WorkerProcess>& processes() const { return processes_; }
  WorkerMode mode() const { return options_.mode; }
  Stressor* stressor() const { return stressor_.get(); }
  absl::optional<StopReason> stop_reason() const { return stop_reason_; }
  int64_t stop_requested_ns() const { return stop_requested_ns_; }
  absl::Span<const Metric> metrics() const { return metrics_; }
  const RecordLayout& layout() const { return layout_; }
  CrewCgroups& cgroups() { return cgroups_; }
  const CrewCgroups& cgroups() const { return cgroups_; }
  void* records() const { return records_.data(); }
  const WorkerRecord& record(uint32_t worker) const {
    return layout_.Record(records_.data(), worker);
  }

 private:
  WorkerPlace PlaceOf(uint32_t worker, const TickClock& clock, RunArea& run,
                      int news_fd) const;
  WorkerSettings SettingsOf(uint32_t worker) const;
  const WorkerRecord* CookieSourceOf(uint32_t worker) const;
  absl::Status SpawnProcess(absl::Span<const WorkerPlace> places);
  void KickUnfinished();
  std::string StateOf(const WorkerProcess& process) const;
  void ReadLastCounters(WorkerProcess& process) const;
  bool Finished(const WorkerProcess& process) const;

  const PlannedStressor& planned_;
  const RunOptions& options_;
  std::unique_ptr<Stressor> stressor_;
  std::unique_ptr<Preparation> preparation_;  // Owns what stressor_ points to.
  std::vector<Metric> metrics_;               // kGap first.
  RecordLayout layout_;
  Mapping records_;
  Mapping stop_area_;
  CrewCgroups cgroups_;  // Empty once the processes are gone.
  std::vector<WorkerProcess> processes_;
  absl::optional<StopReason> stop_reason_;
  int64_t stop_requested_ns_ = 0;
  int64_t next_kick_ns_ = 0;
  int64_t kick_interval_ns_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_CREW_H_
