// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_PROC_TASK_COUNTERS_H_
#define KTSTR_BASE_PROC_TASK_COUNTERS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace ktstr {

// What the kernel counted for one thread since it began, or between two
// readings. Values are meaningful only where their `_known` says so, and 0
// otherwise. Plain data that may live in shared memory.
struct TaskCounters {
  bool usage_known = false;
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  int64_t minor_faults = 0;
  int64_t major_faults = 0;
  int64_t user_ns = 0;    // Precise when read by the thread itself, in clock
  int64_t system_ns = 0;  // ticks (10 ms) when read of another.

  bool schedstat_known = false;  // CONFIG_SCHED_INFO
  int64_t on_cpu_ns = 0;         // sum_exec_runtime
  int64_t run_delay_ns = 0;      // Runnable, and not running.
  int64_t timeslices = 0;

  bool migrations_known = false;  // CONFIG_SCHED_DEBUG before Linux 6.15
  int64_t migrations = 0;         // Changes of CPU.
};

// What happened from `earlier` to `later`. Known only where both are.
TaskCounters operator-(const TaskCounters& later, const TaskCounters& earlier);

// The calling thread's: getrusage(RUSAGE_THREAD) and two files of
// /proc/thread-self, about 15 us. Allocates nothing. Safe after fork.
TaskCounters ReadOwnCounters();

// Those of thread `tid` of process `pid`, from the files of `proc_root`. Works
// for a zombie too: that is how to count a worker that was killed.
TaskCounters ReadCountersOf(pid_t pid, pid_t tid,
                            const std::string& proc_root = "/proc");

// The state letter of proc(5): 'R' running, 'S' asleep, 'D', 'T' stopped, 'Z'
// zombie ...; '?' if it cannot be read, as when there is no such thread.
char ReadTaskState(pid_t pid, pid_t tid,
                   const std::string& proc_root = "/proc");

}  // namespace ktstr

#endif  // KTSTR_BASE_PROC_TASK_COUNTERS_H_
