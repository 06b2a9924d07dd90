// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/sched_refusal.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {
namespace {

bool HasCapSysNice() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, /*pid=*/0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capget, &header, data) != 0) return false;
  return (data[CAP_TO_INDEX(CAP_SYS_NICE)].effective &
          CAP_TO_MASK(CAP_SYS_NICE)) != 0;
}

uint64_t SoftLimit(pid_t tid, __rlimit_resource resource) {
  struct rlimit limit = {};
  if (prlimit(tid, resource, nullptr, &limit) != 0) return 0;
  return limit.rlim_cur;
}

// Lines are "4:cpu,cpuacct:/path", or "0::/path" of the unified hierarchy.
std::string CpuCgroupOf(pid_t tid) {
  const absl::StatusOr<std::string> file =
      ReadFile(tid == 0 ? "/proc/thread-self/cgroup"
                        : absl::StrCat("/proc/", tid, "/cgroup"));
  if (!file.ok()) return "";
  std::string unified;
  for (const absl::string_view line : absl::StrSplit(*file, '\n')) {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    if (parts[0] == "0") unified = std::string(parts[2]);
    for (const absl::string_view controller : absl::StrSplit(parts[1], ',')) {
      if (controller == "cpu") return std::string(parts[2]);
    }
  }
  return unified;
}

constexpr absl::string_view kNamespace =
    "CAP_SYS_NICE is there, but counts in the initial user namespace only";

std::string WhyNoRealTime(const SchedSpec& spec, const SchedRights& rights) {
  if (!rights.cap_sys_nice) {
    return absl::StrCat("needs CAP_SYS_NICE or RLIMIT_RTPRIO >= ",
                        spec.priority, ", here ", rights.rlimit_rtprio);
  }
  return absl::StrCat(
      "cgroup '", rights.cpu_cgroup,
      "' has no real-time run time (cpu.rt_runtime_us; cgroup v2 has none but "
      "in its root), or ",
      kNamespace);
}

std::string WhyNoDeadline(const SchedRights& rights) {
  if (!rights.cap_sys_nice) return "needs CAP_SYS_NICE";
  return absl::StrCat(
      "the affinity has to be all CPUs of the root domain (or a cpuset that is "
      "one), or ",
      kNamespace);
}

// RLIMIT_NICE counts down from nice 20, so that 40 is nice -20.
std::string WhyNoNice(absl::string_view what, const SchedRights& rights) {
  if (rights.cap_sys_nice) return std::string(kNamespace);
  return absl::StrCat("needs CAP_SYS_NICE or RLIMIT_NICE >= ", what, ", here ",
                      rights.rlimit_nice);
}

std::string WhyNotPermitted(const SchedSpec& spec, const SchedRights& rights) {
  if (spec.IsRealTime()) return WhyNoRealTime(spec, rights);
  if (spec.policy == SchedPolicy::kDeadline) return WhyNoDeadline(rights);
  return WhyNoNice("20 - nice, both to lower nice and to leave policy idle",
                   rights);
}

std::string WhyInvalid(const SchedSpec& spec) {
  if (spec.policy != SchedPolicy::kDeadline) return "";
  return "sysctls kernel.sched_deadline_period_min_us and _max_us bound the "
         "period";
}

}  // namespace

SchedRights ReadSchedRights(pid_t tid) {
  return {.cap_sys_nice = HasCapSysNice(),
          .rlimit_rtprio = SoftLimit(tid, RLIMIT_RTPRIO),
          .rlimit_nice = SoftLimit(tid, RLIMIT_NICE),
          .cpu_cgroup = CpuCgroupOf(tid)};
}

absl::Status SchedRefusal(int error, absl::string_view call,
                          const SchedSpec& spec, const SchedRights& rights) {
  const bool is_ext = spec.policy == SchedPolicy::kExt;
  switch (error) {
    case EPERM:
      return PosixError(error, call, WhyNotPermitted(spec, rights));
    case EACCES:
      return PosixError(
          error, call,
          is_ext ? "the sched_ext scheduler disallows this task" : "");
    case EBUSY:
      return PosixError(error, call,
                        "no deadline bandwidth is left: runtime/period of all "
                        "deadline tasks, against sysctl "
                        "kernel.sched_rt_runtime_us a CPU");
    case EINVAL:
      if (is_ext) {
        return NotInKernel(error, call, "no CONFIG_SCHED_CLASS_EXT");
      }
      return PosixError(error, call, WhyInvalid(spec));
    default:
      return PosixError(error, call);
  }
}

absl::Status NiceRefusal(int error, absl::string_view call, int nice,
                         const SchedRights& rights) {
  // EACCES is for too low a number, EPERM for somebody else's thread.
  switch (error) {
    case EACCES:
      return PosixError(error, call,
                        WhyNoNice(absl::StrCat(20 - nice), rights));
    case EPERM:
      return PosixError(error, call, "another user's thread: CAP_SYS_NICE");
    default:
      return PosixError(error, call);
  }
}

absl::Status UclampRefusal(int error, absl::string_view call) {
  // E2BIG: Linux before 5.3 does not know the fields.
  if (error == EOPNOTSUPP || error == E2BIG) {
    return NotInKernel(error, call, "no CONFIG_UCLAMP_TASK");
  }
  if (error == EPERM) {
    return PosixError(error, call, "another user's thread: CAP_SYS_NICE");
  }
  return PosixError(error, call);
}

}  // namespace ktstr
