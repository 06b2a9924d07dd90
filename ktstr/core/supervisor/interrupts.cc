// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/interrupts.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {
namespace {

bool IsIgnored(int signo) {
  struct sigaction action;
  return sigaction(signo, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

sigset_t Wanted() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signo : {SIGINT, SIGTERM, SIGHUP}) {
    // A signalfd gets a blocked signal even if it is ignored, which is what
    // nohup(1) has asked for and shells ask for behind a script.
    if (!IsIgnored(signo)) sigaddset(&signals, signo);
  }
  return signals;
}

}  // namespace

absl::StatusOr<Interrupts> Interrupts::Create() {
  const sigset_t signals = Wanted();
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) {
    return PosixError("sigprocmask(SIG_BLOCK)");
  }
  if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) return PosixError("signal(SIGPIPE)");
  Fd fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return PosixError("signalfd");
  return Interrupts(std::move(fd));
}

int Interrupts::Take() {
  struct signalfd_siginfo info;
  // EAGAIN is the only way for this to fail: no signal has come.
  if (read(fd_.get(), &info, sizeof(info)) != sizeof(info)) return 0;
  const int signo = static_cast<int>(info.ssi_signo);
  if (first_ == 0) first_ = signo;
  return signo;
}

absl::Status Interrupts::LetKill() {
  while (Take() != 0) {
  }
  const sigset_t signals = Wanted();
  if (sigprocmask(SIG_UNBLOCK, &signals, nullptr) != 0) {
    return PosixError("sigprocmask(SIG_UNBLOCK)");
  }
  return absl::OkStatus();
}

}  // namespace ktstr
