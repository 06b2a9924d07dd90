// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/kick.h"

#include <errno.h>
#include <signal.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {

absl::Status InstallKickHandler() {
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  if (sigaction(kKickSignal, &action, /*oldact=*/nullptr) != 0) {
    return PosixError("sigaction(SIGURG)");
  }
  sigset_t kick;
  sigemptyset(&kick);
  sigaddset(&kick, kKickSignal);
  if (const int error = pthread_sigmask(SIG_UNBLOCK, &kick, /*oldset=*/nullptr);
      error != 0) {
    return PosixError(error, "pthread_sigmask(SIG_UNBLOCK, SIGURG)");
  }
  return absl::OkStatus();
}

absl::Status Kick(pid_t pid, pid_t tid) {
  if (tgkill(pid, tid, kKickSignal) != 0) {
    const int error = errno;
    return PosixError(error,
                      absl::StrCat("tgkill(", pid, ", ", tid, ", SIGURG)"));
  }
  return absl::OkStatus();
}

}  // namespace ktstr
