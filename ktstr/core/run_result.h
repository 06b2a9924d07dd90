// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What a run measured, as plain values: the supervisor fills it from the
// workers' records, stressors verify it, reports are made from it.
// Times ending in _ns are nanoseconds; those ending in _at_ns count from the
// start barrier of the run.
#ifndef KTSTR_CORE_RUN_RESULT_H_
#define KTSTR_CORE_RUN_RESULT_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/cgroup/cgroup_stats.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/run_options.h"
#include "ktstr/stats/snapshot.h"

namespace ktstr {

// One setting of one worker: what was wanted, what the kernel says it is now.
struct SettingResult {
  std::string name;   // "affinity", "timer_slack".
  std::string asked;  // In the words of the user: "0-1", "1ns".
  std::string got;    // Read back; empty if that failed.
  int error = 0;      // errno of the refused call, 0 if none.
  bool applied = false;
  std::string why;  // Unless applied: what was in the way and what to change.
};

// On which nodes a worker's own memory was at its end.
struct PagesResult {
  bool known = false;
  uint64_t sampled = 0;
  std::map<int, uint64_t> on_node;
  uint64_t absent = 0;  // Never touched, swapped out, or of zeroes.
  int home_node = -1;   // Of the CPU on which the worker ended; -1: unknown.
};

// A cgroup of a stressor's workers.
struct CgroupResult {
  std::string name;
  std::string folder;  // "" if there are several (v1).
  uint32_t workers = 0;
  double weight = 100;   // In effect, as asked.
  bool has_cpu = false;  // Its members have a share of CPU of their own.
  std::vector<SettingResult> settings;
  // From the start barrier to the stop, or where there was none to the end of
  // the last worker.
  CgroupStats stats;
  std::string trouble;  // Why it could not be removed; "" if it was.
};

// System calls of a worker that failed and should not have.
struct CallFailure {
  std::string call;  // "futex(FUTEX_WAKE)".
  int error = 0;     // errno.
  uint64_t count = 0;
};

struct MetricResult {
  Metric metric = Metric::kGap;
  HistogramSnapshot histogram;
  std::vector<int64_t> samples;  // At most RunOptions::samples raw values.
};

// A change of CPU that a worker saw.
struct MigrationEvent {
  int64_t at_ns = 0;
  uint32_t from = 0;
  uint32_t to = 0;
};

struct MigrationCount {
  uint32_t from = 0;
  uint32_t to = 0;
  uint64_t count = 0;
};

enum class WorkerEnd {
  kNeverStarted,  // Ended before its body began.
  kFinished,      // By itself, in time.
  kFailed,        // Its body returned an error: `failure` says which.
  kDied,          // Its process ended by a signal or an exit, in the middle of
                  // the body; a thread's ends with that of any other.
  kTimedOut,      // Did not react to stop within the grace period.
  kKilled,        // By the supervisor before its time: a second interrupt.
};

struct WorkerResult {
  uint32_t index = 0;     // In its stressor.
  uint32_t group = 0;     // index / group size.
  uint32_t position = 0;  // index % group size.
  std::string role;
  pid_t pid = 0;
  pid_t tid = 0;

  WorkerEnd end = WorkerEnd::kNeverStarted;
  int exit_code = 0;    // Of kDied by exit.
  int exit_signal = 0;  // Of kDied by signal, kTimedOut and kKilled.
  std::string failure;  // Why it did not finish, in one line; may be empty.

  int64_t begin_at_ns = 0;       // Left the start barrier.
  int64_t run_ns = 0;            // From there to its last sign of life.
  int64_t stop_latency_ns = -1;  // From stop to having seen it; -1: never did.

  uint64_t iterations = 0;
  int64_t waiting_ns = 0;       // Voluntary: in Await and Sleep calls.
  uint64_t wakes_sent = 0;      // Wake-ups stamped as waker.
  uint64_t wakes_received = 0;  // Paired with their stamp, as wakee.
  uint64_t wakes_ready = 0;     // Came before the wakee began to wait.
  uint64_t wakes_missed = 0;    // Sent while it did not look, or without trace.
  uint64_t wakes_spurious = 0;  // Woken, and nothing to do.

  int64_t max_gap_ns = 0;
  int64_t max_gap_at_ns = 0;  // When it ended.
  uint32_t max_gap_cpu = 0;   // Where it began.

  CpuSet cpus_used;         // As seen at the bookkeeping points.
  uint64_t migrations = 0;  // Changes between them.
  std::vector<MigrationCount> migration_counts;
  uint64_t migration_counts_lost = 0;  // Pairs that did not fit.
  std::vector<MigrationEvent> last_migrations;

  // The kernel's own numbers for this worker from the start barrier to its
  // end. Unknown where the worker died and /proc could not be read either.
  bool counters_known = false;
  TaskCounters counters;

  std::vector<SettingResult> settings;
  std::string cgroup;  // CgroupResult::name; "" if none was asked for.
  PagesResult pages;
  std::vector<CallFailure> call_failures;
  std::vector<MetricResult> metrics;

  // Returns the histogram of `metric`, or nullptr if it is not recorded.
  const HistogramSnapshot* Find(Metric metric) const;
};

// What a stressor's proof is judged by.
struct GroupResult {
  uint32_t group = 0;
  absl::Span<const WorkerResult> workers;      // By position.
  absl::Span<const WorkerResult> all_workers;  // Of all the stressor's groups.
  uint32_t cpus = 0;                           // That they may run on.
  int64_t run_ns = 0;                          // From start barrier to stop.

  // Unimplemented where the kernel's counters of a worker are not known, so
  // that a proof cannot be judged by them.
  absl::Status RequireUsage() const;

  // Unimplemented where a worker did not get to finish a single pass, so that
  // what it has to leave for the proof may be missing.
  absl::Status RequirePasses() const;

  // Sums over the group; switches are of both kinds.
  uint64_t Iterations() const;
  int64_t Switches() const;
};

struct ParamValue {
  std::string name;
  std::string value;  // As `name=value` would set it again.
  bool is_default = true;
};

enum class StopReason {
  kDuration,     // The time was up.
  kIterations,   // Every worker reached its bound.
  kWorkerLost,   // A worker died or failed, so that the rest was stopped.
  kInterrupted,  // SIGINT, SIGTERM, SIGHUP.
  kNotRun,       // Skipped, could not be set up, or never got its turn.
};

struct StressorResult {
  std::string alias;     // As the user called it; unique in a run.
  std::string stressor;  // The name in the table.
  std::vector<ParamValue> params;
  WorkerMode mode = WorkerMode::kFork;
  uint32_t group_size = 1;
  bool own_place = false;          // As StressorDef's.
  std::vector<std::string> roles;  // In order of first position.

  // OK: it ran. Unimplemented: this host cannot run it, and why. Anything
  // else: why it could not be set up.
  absl::Status setup;
  StopReason stop_reason = StopReason::kNotRun;
  // The proof over all groups: a line with its numbers; Unimplemented where
  // it cannot be judged; else why it does not hold.
  absl::StatusOr<std::string> proof = absl::UnavailableError("did not run");

  int64_t spawn_ns = 0;          // First clone to the last worker at the gate.
  int64_t start_spread_ns = 0;   // Last worker's start after the barrier time.
  int64_t run_ns = 0;            // From start barrier to stop.
  int64_t stop_ns = 0;           // From stop to the last worker reaped.
  int64_t stop_latency_ns = -1;  // Worst of the workers that saw it; -1: none.

  std::vector<WorkerResult> workers;  // By index.
  std::vector<CgroupResult> cgroups;  // In the order asked for.
};

// A number of the host that a run was disturbed by, or may have been.
struct HostDisturbance {
  int64_t foreign_cpu_ns = -1;  // CPU time of others on the allowed CPUs; -1:
  int64_t steal_ns = -1;        // unknown, because /proc/stat is not readable.
  std::vector<std::string> kernel_faults;  // Kernel log lines that fail a run.
  std::string kernel_log_unread;  // Why the log was not watched; may be empty.
  uint64_t kernel_log_lost = 0;   // Records overwritten before we read them.
  std::string sched_ext_before;   // "disabled", "enabled simple (seq 3)", or
  std::string sched_ext_after;    // empty on kernels without it.
  // What the allowed CPUs could have given meanwhile: their number times the
  // time watched. Foreign time and steal are shares of it; -1 with them.
  int64_t capacity_ns = -1;
  std::vector<std::string> kernel_notes;  // Log lines that fail nothing.
};

// One step of a run: the stressors that ran at the same time.
struct StepResult {
  int64_t started_unix_ns = 0;
  std::vector<StressorResult> stressors;
  HostDisturbance host;
  int interrupted_by = 0;  // Signal number; 0 if none.
};

}  // namespace ktstr

#endif  // KTSTR_CORE_RUN_RESULT_H_
