// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Autogroups, see sched(7): with sched_autogroup_enabled each session is a
// group of its own for the fair scheduler. CPU time is shared between sessions
// first, by the autogroup's nice; nice and policy idle of a thread count inside
// its session only. Threads in a cgroup other than the root of the cpu
// controller are not affected.
#ifndef KTSTR_BASE_SCHED_AUTOGROUP_H_
#define KTSTR_BASE_SCHED_AUTOGROUP_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"

namespace ktstr {

struct Autogroup {
  int64_t id = 0;
  int nice = 0;  // -20 .. 19.
};

// `proc` is the root of procfs; tests have their own.

// The sysctl. kUnimplemented without CONFIG_SCHED_AUTOGROUP.
absl::StatusOr<bool> AutogroupEnabled(const std::string& proc = "/proc");

// That of the calling process; nullopt while it has none. kUnimplemented as
// above.
absl::StatusOr<absl::optional<Autogroup>> GetAutogroup(
    const std::string& proc = "/proc");

// Sets the nice of the caller's autogroup, which is every process's of its
// session; call setsid(2) before to be alone. kOutOfRange for what is not
// -20 .. 19. Below 0 needs CAP_SYS_NICE or RLIMIT_NICE; without CAP_SYS_ADMIN
// the kernel takes one change in 0.1 s of the whole system (EAGAIN).
absl::Status SetAutogroupNice(int nice, const std::string& proc = "/proc");

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_AUTOGROUP_H_
