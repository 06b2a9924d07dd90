// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Core scheduling, prctl(PR_SCHED_CORE) of Linux 5.14: the SMT siblings of a
// core run threads of one cookie only, at any time; others are forced idle.
#ifndef KTSTR_BASE_SCHED_CORE_COOKIE_H_
#define KTSTR_BASE_SCHED_CORE_COOKIE_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

// All take the id of a thread, 0 for the caller. kUnimplemented, with the
// reason, without CONFIG_SCHED_CORE and on machines without SMT; EPERM for
// threads that the caller may not ptrace. Children inherit the cookie.

// 0 for a thread without one; otherwise an opaque number, equal for equal
// cookies until the last thread of it is gone.
absl::StatusOr<uint64_t> GetCoreCookie(pid_t tid);

// Gives the thread a cookie that nobody else has.
absl::Status CreateCoreCookie(pid_t tid);

// Gives the caller's cookie, or having none, to `tid`.
absl::Status ShareCoreCookieTo(pid_t tid);

// Takes over the cookie of `tid`, or having none.
absl::Status ShareCoreCookieFrom(pid_t tid);

// The Status for `error` of prctl(PR_SCHED_CORE).
absl::Status CoreCookieRefusal(int error, absl::string_view call);

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_CORE_COOKIE_H_
