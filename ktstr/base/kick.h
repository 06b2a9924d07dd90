// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_KICK_H_
#define KTSTR_BASE_KICK_H_

#include <signal.h>
#include <sys/types.h>

#include "absl/status/status.h"

namespace ktstr {

// The signal that gets a thread out of a blocking system call. Ignored by
// default, so that one that comes before the handler is there harms nobody.
inline constexpr int kKickSignal = SIGURG;

// Makes kKickSignal end blocking calls with EINTR: a handler that does nothing,
// without SA_RESTART, for this process, and the signal unblocked for this
// thread (threads and children made later inherit both). A kick between the
// last look at the stop word and the call is lost: whoever kicks, repeats.
absl::Status InstallKickHandler();

// Sends kKickSignal to thread `tid` of process `pid`, both as this process's
// pid namespace numbers them (tgkill(2)). ESRCH if there is none. A zombie is
// kicked without effect.
absl::Status Kick(pid_t pid, pid_t tid);

}  // namespace ktstr

#endif  // KTSTR_BASE_KICK_H_
