// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_WORKER_PLACE_OWN_SESSION_H_
#define KTSTR_CORE_WORKER_PLACE_OWN_SESSION_H_

#include <optional>
#include <string>

#include "absl/status/status.h"

namespace ktstr {

// Makes the calling process lead a session of its own, which gives it an
// autogroup of its own, and gives that `nice`, if any. Asking twice is fine,
// also from several threads at once. Where autogroups mean nothing it is an
// error that names the reason: the kernel has none, the sysctl is off (then
// nothing is changed), or the process is in a cgroup with the cpu controller.
//
// The kernel takes one change of nice in 0.1 s from all who lack CAP_SYS_ADMIN:
// waits for its turn up to 5 s. `root` is that of the files; tests have theirs.
absl::Status EnterOwnSession(std::optional<int> nice,
                             const std::string& root = "");

// "own:5" if the calling process leads its session and the autogroup's nice is
// 5, otherwise "shared:5"; without ":5" if the kernel does not say.
std::string DescribeAutogroup();

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_PLACE_OWN_SESSION_H_
