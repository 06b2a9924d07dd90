// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What a child does before it becomes another program. Safe after fork.
#ifndef KTSTR_BASE_COMMAND_RESET_SIGNALS_H_
#define KTSTR_BASE_COMMAND_RESET_SIGNALS_H_

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstddef>
#include <cstdint>

namespace ktstr {

// Puts all signals at their default. Leaves alone which of them are blocked.
inline void ResetSignalHandlers() {
  // The kernel's struct sigaction, which is smaller: SIG_DFL, nothing else. By
  // number, because glibc refuses the two signals that it keeps for itself and
  // that a starter such as Bazel may ignore.
  const uint64_t by_default[8] = {};
  constexpr size_t kMaskBytes = (NSIG - 1) / CHAR_BIT;
  for (int signo = 1; signo < NSIG; ++signo) {
    // Refused for SIGKILL and SIGSTOP, which are always at it.
    syscall(SYS_rt_sigaction, signo, by_default, nullptr, kMaskBytes);
  }
}

inline void UnblockSignals() {
  sigset_t none;
  sigemptyset(&none);
  // Cannot fail: the operation exists and the address is good.
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace ktstr

#endif  // KTSTR_BASE_COMMAND_RESET_SIGNALS_H_
