// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/sched_attr.h"

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// struct sched_attr of linux/sched/types.h, which does not go together with
// glibc's sched.h: SCHED_ATTR_SIZE_VER1, since Linux 5.3.
struct SchedAttr {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
  uint32_t util_min;
  uint32_t util_max;
};
static_assert(sizeof(SchedAttr) == 56);
// The fields before the clamps, which every kernel knows.
constexpr uint32_t kSizeWithoutClamps = 48;

// SCHED_FLAG_... of linux/sched.h.
constexpr uint64_t kResetOnFork = 0x01;
constexpr uint64_t kKeepAll = 0x08 | 0x10;     // Policy and parameters.
constexpr uint64_t kUtilClamps = 0x20 | 0x40;  // Least and most.

constexpr int kMaxClamp = 1024;  // SCHED_CAPACITY_SCALE.
constexpr int kMinNice = -20;
constexpr int kMaxNice = 19;

absl::StatusOr<SchedAttr> GetAttr(pid_t tid) {
  SchedAttr attr = {};
  if (syscall(SYS_sched_getattr, tid, &attr, sizeof(attr), /*flags=*/0) != 0) {
    const int error = errno;
    return PosixError(error, absl::StrCat("sched_getattr(", tid, ")"));
  }
  return attr;
}

// 0 or errno.
int SetAttr(pid_t tid, SchedAttr& attr, uint32_t size) {
  attr.size = size;
  return syscall(SYS_sched_setattr, tid, &attr, /*flags=*/0) == 0 ? 0 : errno;
}

bool HasSlice(const SchedAttr& attr) {
  return attr.policy == SCHED_OTHER || attr.policy == SCHED_BATCH;
}

int64_t SliceOf(const SchedAttr& attr) {
  return HasSlice(attr) ? static_cast<int64_t>(attr.runtime) : 0;
}

// Which of the fields count depends on the policy.
absl::StatusOr<SchedSpec> SpecOf(const SchedAttr& attr) {
  SchedSpec spec = {.policy = static_cast<SchedPolicy>(attr.policy)};
  switch (spec.policy) {
    case SchedPolicy::kNormal:
    case SchedPolicy::kBatch:
    case SchedPolicy::kIdle:
    case SchedPolicy::kExt:
      return spec;
    case SchedPolicy::kFifo:
    case SchedPolicy::kRr:
      spec.priority = static_cast<int>(attr.priority);
      return spec;
    case SchedPolicy::kDeadline:
      spec.runtime_ns = static_cast<int64_t>(attr.runtime);
      spec.deadline_ns = static_cast<int64_t>(attr.deadline);
      spec.period_ns = static_cast<int64_t>(attr.period);
      return spec;
  }
  return absl::UnimplementedError(
      absl::StrCat("sched_getattr: policy ", attr.policy, " is not known"));
}

SchedAttr AttrOf(const SchedSpec& spec, int nice, bool reset_on_fork) {
  return {.size = 0,
          .policy = static_cast<uint32_t>(spec.policy),
          .flags = reset_on_fork ? kResetOnFork : 0,
          .nice = spec.IsFair() ? nice : 0,
          .priority = static_cast<uint32_t>(spec.priority),
          .runtime = static_cast<uint64_t>(spec.runtime_ns),
          .deadline = static_cast<uint64_t>(spec.deadline_ns),
          .period = static_cast<uint64_t>(spec.period_ns),
          .util_min = 0,
          .util_max = 0};
}

absl::Status CheckNice(int nice) {
  if (kMinNice <= nice && nice <= kMaxNice) return absl::OkStatus();
  return absl::OutOfRangeError(absl::StrCat("nice ", nice,
                                            " is out of range; it takes ",
                                            kMinNice, " .. ", kMaxNice));
}

bool IsClamp(int clamp) { return -1 <= clamp && clamp <= kMaxClamp; }

}  // namespace

absl::StatusOr<SchedState> GetSched(pid_t tid) {
  KTSTR_ASSIGN_OR_RETURN(const SchedAttr attr, GetAttr(tid));
  SchedState state;
  KTSTR_ASSIGN_OR_RETURN(state.spec, SpecOf(attr));
  // The attributes of real-time and deadline threads are without it.
  KTSTR_ASSIGN_OR_RETURN(state.nice, GetNice(tid));
  state.reset_on_fork = (attr.flags & kResetOnFork) != 0;
  state.uclamp_min = static_cast<int>(attr.util_min);
  state.uclamp_max = static_cast<int>(attr.util_max);
  state.slice_ns = SliceOf(attr);
  return state;
}

absl::Status SetSched(pid_t tid, const SchedSpec& spec,
                      const SchedOptions& options) {
  int nice = 0;
  if (options.nice.has_value()) {
    nice = *options.nice;
    KTSTR_RETURN_IF_ERROR(CheckNice(nice));
    // Only fair policies take it along.
    if (!spec.IsFair()) KTSTR_RETURN_IF_ERROR(SetNice(tid, nice));
  } else {
    KTSTR_ASSIGN_OR_RETURN(nice, GetNice(tid));
  }
  SchedAttr attr = AttrOf(spec, nice, options.reset_on_fork);
  const int error = SetAttr(tid, attr, kSizeWithoutClamps);
  if (error == 0) return absl::OkStatus();
  return SchedRefusal(
      error, absl::StrCat("sched_setattr(", tid, ", ", spec.ToText(), ")"),
      spec, ReadSchedRights(tid));
}

absl::Status SetUclamp(pid_t tid, int min, int max) {
  const bool is_reversed = max != -1 && min > max;
  if (!IsClamp(min) || !IsClamp(max) || is_reversed) {
    return absl::OutOfRangeError(absl::StrCat(
        "uclamp ", min, ":", max, " is out of range; it takes 0 <= min <= max ",
        "<= ", kMaxClamp, ", or -1 for the default"));
  }
  SchedAttr attr = {};
  attr.flags = kKeepAll | kUtilClamps;
  attr.util_min = static_cast<uint32_t>(min);
  attr.util_max = static_cast<uint32_t>(max);
  const int error = SetAttr(tid, attr, sizeof(attr));
  if (error == 0) return absl::OkStatus();
  return UclampRefusal(error, absl::StrCat("sched_setattr(", tid, ", uclamp ",
                                           min, ":", max, ")"));
}

absl::Status CheckUclamp() {
  SchedAttr attr = {};
  attr.flags = kKeepAll | kUtilClamps;
  // No clamp, which only a kernel that has clamps finds out.
  attr.util_min = 2 * kMaxClamp;
  attr.util_max = 2 * kMaxClamp;
  const int error = SetAttr(/*tid=*/0, attr, sizeof(attr));
  if (error == EINVAL) return absl::OkStatus();
  return UclampRefusal(error, "sched_setattr(0, uclamp)");
}

absl::StatusOr<int> GetNice(pid_t tid) {
  errno = 0;  // -1 is an answer, too.
  const int nice = getpriority(PRIO_PROCESS, static_cast<id_t>(tid));
  if (const int error = errno; error != 0) {
    return PosixError(error, absl::StrCat("getpriority(", tid, ")"));
  }
  return nice;
}

absl::Status SetNice(pid_t tid, int nice) {
  KTSTR_RETURN_IF_ERROR(CheckNice(nice));
  if (setpriority(PRIO_PROCESS, static_cast<id_t>(tid), nice) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  return NiceRefusal(error, absl::StrCat("setpriority(", tid, ", ", nice, ")"),
                     nice, ReadSchedRights(tid));
}

absl::Status SetFairSlice(int64_t ns) {
  KTSTR_ASSIGN_OR_RETURN(SchedAttr attr, GetAttr(/*tid=*/0));
  if (!HasSlice(attr)) return absl::OkStatus();
  attr.runtime = static_cast<uint64_t>(ns);
  const int error = SetAttr(/*tid=*/0, attr, kSizeWithoutClamps);
  if (error == 0) return absl::OkStatus();
  return PosixError(error, absl::StrCat("sched_setattr(slice of ", ns, ")"));
}

absl::StatusOr<int64_t> GetFairSlice() {
  KTSTR_ASSIGN_OR_RETURN(const SchedAttr attr, GetAttr(/*tid=*/0));
  return SliceOf(attr);
}

absl::Status LimitRealTime(absl::Duration soft, absl::Duration hard) {
  const int64_t soft_us = absl::ToInt64Microseconds(soft);
  const int64_t hard_us = absl::ToInt64Microseconds(hard);
  const std::string call =
      absl::StrCat("setrlimit(RLIMIT_RTTIME, ", absl::FormatDuration(soft),
                   ", ", absl::FormatDuration(hard), ")");
  if (soft_us < 1 || soft_us > hard_us) {
    return absl::InvalidArgumentError(
        absl::StrCat(call, ": it takes 1us <= soft <= hard"));
  }
  const struct rlimit limit = {static_cast<rlim_t>(soft_us),
                               static_cast<rlim_t>(hard_us)};
  if (setrlimit(RLIMIT_RTTIME, &limit) == 0) return absl::OkStatus();
  const int error = errno;
  return PosixError(
      error, call,
      error == EPERM ? "raising the hard limit needs CAP_SYS_RESOURCE" : "");
}

absl::StatusOr<absl::Duration> GetRealTimeLimit() {
  struct rlimit limit;
  if (getrlimit(RLIMIT_RTTIME, &limit) != 0) {
    return PosixError("getrlimit(RLIMIT_RTTIME)");
  }
  if (limit.rlim_cur == RLIM_INFINITY) return absl::InfiniteDuration();
  return absl::Microseconds(static_cast<int64_t>(limit.rlim_cur));
}

}  // namespace ktstr
