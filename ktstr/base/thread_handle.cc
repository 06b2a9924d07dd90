// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/thread_handle.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {

absl::StatusOr<ThreadHandle> ThreadHandle::Open(pid_t pid, pid_t tid) {
  if (pid == getpid()) return ThreadHandle(Fd(), tid);
  if (pid != tid) {
    return absl::InvalidArgumentError(absl::StrCat(
        "thread ", tid, " of another process, ", pid, ", is not its first"));
  }
  Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, /*flags=*/0)));
  if (!pidfd.valid()) return PosixError("pidfd_open");
  return ThreadHandle(std::move(pidfd), tid);
}

absl::Status ThreadHandle::Signal(int signo) const {
  if (!pidfd_.valid()) {
    if (tgkill(getpid(), tid_, signo) == 0) return absl::OkStatus();
    return PosixError("tgkill");
  }
  if (syscall(SYS_pidfd_send_signal, pidfd_.get(), signo, /*info=*/nullptr,
              /*flags=*/0) == 0) {
    return absl::OkStatus();
  }
  return PosixError("pidfd_send_signal");
}

}  // namespace ktstr
