// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_PROC_OWN_USAGE_H_
#define KTSTR_BASE_PROC_OWN_USAGE_H_

#include <sys/resource.h>
#include <sys/time.h>

#include <cstdint>

namespace ktstr {

// What the kernel counted for the calling thread since it began.
struct OwnUsage {
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;  // sched_yield(2) counts as one.
  int64_t cpu_us = 0;                // User and system.
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
  const auto micros = [](const struct timeval& time) {
    return time.tv_sec * int64_t{1'000'000} + time.tv_usec;
  };
  struct rusage usage;  // Cannot fail: every kernel has it.
  getrusage(RUSAGE_THREAD, &usage);
  return {usage.ru_nvcsw, usage.ru_nivcsw,
          micros(usage.ru_utime) + micros(usage.ru_stime),
          usage.ru_oublock * kBlockBytes, usage.ru_inblock * kBlockBytes};
}

}  // namespace ktstr

#endif  // KTSTR_BASE_PROC_OWN_USAGE_H_
