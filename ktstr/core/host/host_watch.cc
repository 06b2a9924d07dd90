// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/host_watch.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/proc/host_counters.h"
#include "ktstr/base/proc/kernel_log.h"
#include "ktstr/core/host/kernel_faults.h"
#include "ktstr/core/host/sched_ext.h"
#include "ktstr/core/run_result.h"

namespace ktstr {
namespace {

// Of lines that wait to be judged, so that a storm takes no memory.
constexpr size_t kMaxLines = 2000;

}  // namespace

HostWatch HostWatch::Start(const CpuSet& cpus, const std::string& root) {
  return HostWatch(cpus, root);
}

HostWatch::HostWatch(const CpuSet& cpus, const std::string& root)
    : cpus_(cpus),
      root_(root),
      started_ns_(MonotonicNanos()),
      before_(ReadCpuTimes(root + "/proc")),
      sched_ext_before_(ReadSchedExt(root)),
      log_(KernelLog::OpenAtEnd(root + "/dev/kmsg")) {}

void HostWatch::ReadLog() {
  if (!log_.ok()) return;
  absl::StatusOr<std::vector<std::string>> lines = log_->ReadNew();
  if (!lines.ok()) {
    log_ = lines.status();  // Says from now on why the log is not read.
    return;
  }
  for (std::string& line : *lines) {
    if (lines_.size() < kMaxLines) {
      lines_.push_back(std::move(line));
    } else {
      ++lines_dropped_;
    }
  }
}

HostDisturbance HostWatch::Finish(int64_t own_cpu_ns) {
  HostDisturbance host;
  FinishTimes(own_cpu_ns, host);
  FinishLog(host);
  FinishSchedExt(host);
  return host;
}

void HostWatch::FinishTimes(int64_t own_cpu_ns, HostDisturbance& host) const {
  const Times after = ReadCpuTimes(root_ + "/proc");
  if (!before_.ok() || !after.ok()) return;
  int64_t cpus = 0;
  int64_t busy_ns = 0;
  int64_t steal_ns = 0;
  for (const uint32_t cpu : cpus_.cpus()) {
    const auto then = before_->find(cpu);
    const auto now = after->find(cpu);
    // One that went offline meanwhile says nothing.
    if (then == before_->end() || now == after->end()) continue;
    ++cpus;
    busy_ns += now->second.busy_ns - then->second.busy_ns;
    steal_ns += now->second.steal_ns - then->second.steal_ns;
  }
  if (cpus == 0) return;
  host.foreign_cpu_ns = std::max<int64_t>(busy_ns - own_cpu_ns, 0);
  host.steal_ns = std::max<int64_t>(steal_ns, 0);
  host.capacity_ns = cpus * (MonotonicNanos() - started_ns_);
}

void HostWatch::FinishLog(HostDisturbance& host) {
  ReadLog();
  LogFindings findings = JudgeKernelLog(lines_);
  host.kernel_faults = std::move(findings.faults);
  host.kernel_notes = std::move(findings.notes);
  host.kernel_log_lost = lines_dropped_;
  if (log_.ok()) {
    host.kernel_log_lost += static_cast<uint64_t>(log_->overruns());
  } else {
    host.kernel_log_unread = std::string(log_.status().message());
  }
}

void HostWatch::FinishSchedExt(HostDisturbance& host) const {
  host.sched_ext_before = sched_ext_before_;
  host.sched_ext_after = ReadSchedExt(root_);
  if (host.sched_ext_after == host.sched_ext_before) return;
  host.kernel_faults.push_back(
      absl::StrCat("sched_ext changed during the run: ", host.sched_ext_before,
                   " -> ", host.sched_ext_after));
}

}  // namespace ktstr
