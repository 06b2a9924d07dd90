// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/thread_settings.h"

#include <errno.h>
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

namespace ktstr {

absl::StatusOr<int64_t> GetTimerSlack() {
  // glibc's prctl would cut the answer down to an int.
  const long slack = syscall(SYS_prctl, PR_GET_TIMERSLACK, 0, 0, 0, 0);
  if (slack < 0) return PosixError("prctl(PR_GET_TIMERSLACK)");
  return slack;
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
