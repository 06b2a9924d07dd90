// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_THREAD_HANDLE_H_
#define KTSTR_BASE_THREAD_HANDLE_H_

#include <sys/types.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// A thread that signals can be sent to without ever reaching another one that
// got its id: of this process, or the only one of another process.
class ThreadHandle final {
 public:
  // Of thread `tid` of process `pid`. It has to live until this has returned
  // (let it confirm that it does), for ids alone tell nothing. Invalid argument
  // for another process's thread that does not bear its id.
  static absl::StatusOr<ThreadHandle> Open(pid_t pid, pid_t tid);

  // tgkill(2) within the process, whose id is ours as long as we live, and
  // pidfd_send_signal(2) across. ESRCH once the thread has ended; the zombie of
  // a process takes signals without effect. No allocation unless it fails.
  absl::Status Signal(int signo) const;

 private:
  ThreadHandle(Fd pidfd, pid_t tid) : pidfd_(std::move(pidfd)), tid_(tid) {}

  Fd pidfd_;  // None: of this process.
  pid_t tid_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_THREAD_HANDLE_H_
