// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The workers of a running binary as /proc shows them.
#ifndef KTSTR_TESTING_BINARY_WORKER_WATCH_H_
#define KTSTR_TESTING_BINARY_WORKER_WATCH_H_

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace ktstr {

// The processes whose parent is `pid`, in order of their making. Empty once it
// has ended.
std::vector<pid_t> ChildrenOf(pid_t pid);

// The threads of `pid`.
std::vector<pid_t> ThreadsOf(pid_t pid);

// CPU time that the thread has used, by its schedstat; 0 if it is gone.
int64_t CpuNanosOf(pid_t pid, pid_t tid);

// Whether it is in one of the `states` ("TZ") of /proc/PID/stat.
bool IsInState(pid_t pid, const char* states);

// Whether `pid` has `count` workers and each of them has used more CPU time
// than getting to the start barrier takes: they are in their loops. Works for
// processes and, where there is one only, for its threads.
bool AreBusy(pid_t pid, size_t count);

}  // namespace ktstr

#endif  // KTSTR_TESTING_BINARY_WORKER_WATCH_H_
