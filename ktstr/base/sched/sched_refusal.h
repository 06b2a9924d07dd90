// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Why the kernel would not change how a thread is scheduled, and what to do
// about it: the errno alone stands for half a dozen different things.
#ifndef KTSTR_BASE_SCHED_SCHED_REFUSAL_H_
#define KTSTR_BASE_SCHED_SCHED_REFUSAL_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/sched/sched_spec.h"

namespace ktstr {

// What decides whether a thread's scheduling may be changed.
struct SchedRights {
  // In the caller's effective set; the kernel asks for that of the initial user
  // namespace, which a container's own does not count for.
  bool cap_sys_nice = false;
  // Soft limits of the thread that is changed.
  uint64_t rlimit_rtprio = 0;
  uint64_t rlimit_nice = 0;
  // Its cgroup in the cpu hierarchy (v1) or the unified one: "/"; "" if
  // unknown.
  std::string cpu_cgroup;
};

// Those of the caller over thread `tid`, 0 for itself. What /proc or a call
// refuses to tell counts as not there. Reads a file and allocates.
SchedRights ReadSchedRights(pid_t tid);

// The Status for `error` of sched_setattr(2) with `spec`. `call` is its text.
absl::Status SchedRefusal(int error, absl::string_view call,
                          const SchedSpec& spec, const SchedRights& rights);

// The same of setpriority(2) with `nice`.
absl::Status NiceRefusal(int error, absl::string_view call, int nice,
                         const SchedRights& rights);

// The same of sched_setattr(2) with utilisation clamps.
absl::Status UclampRefusal(int error, absl::string_view call);

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_SCHED_REFUSAL_H_
