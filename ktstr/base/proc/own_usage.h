// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_PROC_OWN_USAGE_H_
#define KTSTR_BASE_PROC_OWN_USAGE_H_

#include <sys/resource.h>
#include <time.h>

#include <cstdint>

#include "ktstr/base/clock.h"

namespace ktstr {

// What the kernel counted for the calling thread since it began.
struct OwnUsage {
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;  // sched_yield(2) counts as one.
  // To block devices, at the time of write(2) where the file system delays it.
  // 0 for tmpfs, and without CONFIG_TASK_IO_ACCOUNTING.
  int64_t bytes_written = 0;
  int64_t bytes_read = 0;  // From block devices, as they are asked for them.

  int64_t Switches() const { return voluntary_switches + involuntary_switches; }
};

// getrusage(RUSAGE_THREAD): one system call of about 0.2 us, so that a worker
// may look before and after what it does. Safe after fork.
inline OwnUsage ReadOwnUsage() {
  constexpr int64_t kBlockBytes = 512;  // Of ru_oublock, whatever the device.
  struct rusage usage;                  // Cannot fail: every kernel has it.
  getrusage(RUSAGE_THREAD, &usage);
  return {usage.ru_nvcsw, usage.ru_nivcsw, usage.ru_oublock * kBlockBytes,
          usage.ru_inblock * kBlockBytes};
}

// The CPU time that the calling thread has used, in ns, up to this moment; the
// times of getrusage(2) are those of the last tick or switch.
inline int64_t OwnCpuNanos() {
  // Cannot fail: every thread has the clock.
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

// The CPU time, in ns but counted in us, of the calling process and of all its
// descendants that have ended, if each was waited for by its parent:
// getrusage(2), of RUSAGE_SELF and of RUSAGE_CHILDREN.
int64_t FamilyCpuNanos();

}  // namespace ktstr

#endif  // KTSTR_BASE_PROC_OWN_USAGE_H_
