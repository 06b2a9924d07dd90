// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/thread_settings.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

// struct sched_attr of linux/sched/types.h, which does not go together with
// glibc's sched.h; its first version (SCHED_ATTR_SIZE_VER0).
struct SchedAttr {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};
static_assert(sizeof(SchedAttr) == 48);

absl::StatusOr<SchedAttr> GetSchedAttr() {
  SchedAttr attr = {};
  if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) != 0) {
    return PosixError("sched_getattr");
  }
  return attr;
}

bool IsFair(const SchedAttr& attr) {
  return attr.policy == SCHED_OTHER || attr.policy == SCHED_BATCH;
}

}  // namespace

absl::StatusOr<int64_t> GetTimerSlack() {
  // glibc's prctl would cut the answer down to an int.
  const long slack = syscall(SYS_prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0);
  if (slack < 0) return PosixError("prctl(PR_GET_TIMERSLACK)");
  return slack;
}

absl::StatusOr<int64_t> GetFairSlice() {
  KTSTR_ASSIGN_OR_RETURN(const SchedAttr attr, GetSchedAttr());
  return IsFair(attr) ? static_cast<int64_t>(attr.runtime) : 0;
}

absl::Status SetFairSlice(int64_t ns) {
  KTSTR_ASSIGN_OR_RETURN(SchedAttr attr, GetSchedAttr());
  if (!IsFair(attr)) return absl::OkStatus();
  attr.size = sizeof(attr);
  attr.runtime = static_cast<uint64_t>(ns);
  if (syscall(SYS_sched_setattr, 0, &attr, 0) != 0) {
    const int error = errno;
    return PosixError(error, absl::StrCat("sched_setattr(slice of ", ns, ")"));
  }
  return absl::OkStatus();
}

absl::Status SetTimerSlack(int64_t ns) {
  if (ns < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("timer slack of ", ns, " ns: at least 1 ns"));
  }
  if (prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(ns), 0, 0, 0) != 0) {
    const int error = errno;
    return PosixError(error,
                      absl::StrCat("prctl(PR_SET_TIMERSLACK, ", ns, ")"));
  }
  return absl::OkStatus();
}

absl::Status SetThreadName(absl::string_view name) {
  if (prctl(PR_SET_NAME, std::string(name).c_str(), 0, 0, 0) != 0) {
    return PosixError("prctl(PR_SET_NAME)");
  }
  return absl::OkStatus();
}

absl::Status DieWithParent(pid_t expected_parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
    return PosixError("prctl(PR_SET_PDEATHSIG)");
  }
  // A parent that died before this sends no signal any more.
  const pid_t parent = getppid();
  if (parent != expected_parent) {
    return absl::AbortedError(absl::StrCat("parent ", expected_parent,
                                           " has died, it is now ", parent));
  }
  return absl::OkStatus();
}

}  // namespace ktstr
