// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/interrupts.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {
namespace {

bool IsIgnored(int signo) {
  struct sigaction action;
  return sigaction(signo, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

// Until when signals belong to a request that was taken, for the handler, which
// can be told in no other way.
std::atomic<int64_t> same_request_until_ns{0};

// Async-signal-safe, as all that it calls (signal-safety(7)).
void DieOfAnotherRequest(int signo) {
  if (MonotonicNanos() < same_request_until_ns.load()) return;
  signal(signo, SIG_DFL);
  raise(signo);  // Blocked in here: it comes on return.
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

absl::StatusOr<Interrupts> Interrupts::Create(absl::Duration same_request) {
  const sigset_t signals = Wanted();
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) {
    return PosixError("sigprocmask(SIG_BLOCK)");
  }
  if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) return PosixError("signal(SIGPIPE)");
  Fd fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return PosixError("signalfd");
  return Interrupts(std::move(fd), absl::ToInt64Nanoseconds(same_request));
}

int Interrupts::Take() {
  struct signalfd_siginfo info;
  // EAGAIN is the only way for this to fail: no signal has come.
  while (read(fd_.get(), &info, sizeof(info)) == sizeof(info)) {
    const int64_t now = MonotonicNanos();
    if (first_ != 0 && now - taken_ns_ < same_request_ns_) continue;
    taken_ns_ = now;
    const int signo = static_cast<int>(info.ssi_signo);
    if (first_ == 0) first_ = signo;
    return signo;
  }
  return 0;
}

absl::Status Interrupts::LetKill() {
  while (Take() != 0) {
  }
  same_request_until_ns.store(taken_ns_ + same_request_ns_);
  struct sigaction action = {};
  action.sa_handler = DieOfAnotherRequest;
  action.sa_flags = SA_RESTART;  // The report's writes go on.
  for (int signo : {SIGINT, SIGTERM, SIGHUP}) {
    if (IsIgnored(signo)) continue;
    if (sigaction(signo, &action, nullptr) != 0) return PosixError("sigaction");
  }
  const sigset_t signals = Wanted();
  if (sigprocmask(SIG_UNBLOCK, &signals, nullptr) != 0) {
    return PosixError("sigprocmask(SIG_UNBLOCK)");
  }
  return absl::OkStatus();
}

}  // namespace ktstr
