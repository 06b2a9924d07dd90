// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Another program, again and again: measured from outside, and nothing of it
// stays, however those who started it end.
#ifndef KTSTR_BASE_COMMAND_KEPT_PROGRAM_H_
#define KTSTR_BASE_COMMAND_KEPT_PROGRAM_H_

#include <sys/types.h>

#include <cstdint>

namespace ktstr {

// What became of one run of a program. Plain data in memory shared with the
// keeper, which writes it; to be read once that has been reaped. Times are ns,
// those ending in _at of CLOCK_MONOTONIC.
struct KeptRun {
  int start_error = 0;   // errno of what was in the way; 0: it began.
  bool ended = false;    // The program has been reaped, and
  bool stopped = false;  // was killed, with all of its own, by StopKept.
  int wait_status = 0;   // As of wait(2).
  int64_t begin_at = 0;
  int64_t end_at = 0;
  // Of the program and all that it started.
  int64_t cpu_ns = 0;  // User and system.
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  // Runnable, and not running: of its first thread alone.
  bool run_delay_known = false;  // CONFIG_SCHED_INFO
  int64_t run_delay_ns = 0;
  // Processes that outlived the program and were killed.
  int64_t left_behind = 0;
};

// Starts the file `program` with the words `argv`, which a null pointer ends,
// and this process's environment: with /dev/null for its standard streams, no
// other descriptors, all signals at their default and no other settings than
// those of the calling thread, whose CPUs, policy, cgroup ... it inherits.
//
// Returns the process id of the keeper, a child of the calling thread that runs
// the program, fills in `run` and exits; reap it with waitid(2) or wait4(2) by
// that id. -1 and errno if there is none, EAGAIN for a limit of processes. Any
// thread of any process may call it.
//
// The keeper kills (SIGKILL) the program and all descendants, those in sessions
// and groups of their own too, when StopKept says so and when the calling
// thread ends, by SIGKILL as well; and what outlives the program. Kill the
// keeper itself and the program dies, but not what that has started.
pid_t StartKept(const char* program, char* const* argv, KeptRun* run);

// Has a keeper that has not been reaped end its program, and itself.
void StopKept(pid_t keeper);

}  // namespace ktstr

#endif  // KTSTR_BASE_COMMAND_KEPT_PROGRAM_H_
