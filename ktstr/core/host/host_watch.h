// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_HOST_WATCH_H_
#define KTSTR_CORE_HOST_HOST_WATCH_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/proc/host_counters.h"
#include "ktstr/base/proc/kernel_log.h"
#include "ktstr/core/run_result.h"

namespace ktstr {

// Watches, from Start to Finish, what the host does that is not the run's:
// others' CPU time, steal, the kernel's log, the sched_ext scheduler. Both
// together take well under a millisecond. Not for several threads.
class HostWatch final {
 public:
  // Begins to watch `cpus`. Files below `root` are read (tests fake one); what
  // cannot be read is unknown in the result, never an error.
  static HostWatch Start(const CpuSet& cpus, const std::string& root = "");

  // To poll for POLLIN and then call ReadLog, so that a storm in the log does
  // not overwrite what was not read; -1 if the log cannot be read.
  int log_fd() const { return log_.ok() ? log_->fd() : -1; }

  // Takes what the kernel logged meanwhile. Finish does so too.
  void ReadLog();

  // Ends the watch, for good. `own_cpu_ns` is what the run's own processes had
  // of the CPUs. Foreign time is counted in clock ticks of 10 ms on each CPU:
  // shares of less than that are noise, and less than nothing is 0.
  HostDisturbance Finish(int64_t own_cpu_ns);

 private:
  using Times = absl::StatusOr<std::map<uint32_t, CpuTimes>>;

  HostWatch(const CpuSet& cpus, const std::string& root);
  void FinishTimes(int64_t own_cpu_ns, HostDisturbance& host) const;
  void FinishLog(HostDisturbance& host);
  void FinishSchedExt(HostDisturbance& host) const;

  CpuSet cpus_;
  std::string root_;
  int64_t started_ns_;
  Times before_;
  std::string sched_ext_before_;
  absl::StatusOr<KernelLog> log_;
  std::vector<std::string> lines_;
  uint64_t lines_dropped_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_HOST_WATCH_H_
