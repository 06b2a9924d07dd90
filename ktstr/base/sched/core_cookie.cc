// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/core_cookie.h"

#include <errno.h>
#include <linux/prctl.h>
#include <sys/prctl.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

absl::Status Call(int command, absl::string_view name, pid_t tid,
                  uint64_t* cookie) {
  if (prctl(PR_SCHED_CORE, command, tid, PR_SCHED_CORE_SCOPE_THREAD, cookie) ==
      0) {
    return absl::OkStatus();
  }
  const int error = errno;
  return CoreCookieRefusal(
      error, absl::StrCat("prctl(PR_SCHED_CORE, ", name, ", ", tid, ")"));
}

}  // namespace

absl::StatusOr<uint64_t> GetCoreCookie(pid_t tid) {
  uint64_t cookie = 0;
  KTSTR_RETURN_IF_ERROR(Call(PR_SCHED_CORE_GET, "GET", tid, &cookie));
  return cookie;
}

absl::Status CreateCoreCookie(pid_t tid) {
  return Call(PR_SCHED_CORE_CREATE, "CREATE", tid, /*cookie=*/nullptr);
}

absl::Status ShareCoreCookieTo(pid_t tid) {
  return Call(PR_SCHED_CORE_SHARE_TO, "SHARE_TO", tid, /*cookie=*/nullptr);
}

absl::Status ShareCoreCookieFrom(pid_t tid) {
  return Call(PR_SCHED_CORE_SHARE_FROM, "SHARE_FROM", tid, /*cookie=*/nullptr);
}

absl::Status CoreCookieRefusal(int error, absl::string_view call) {
  switch (error) {
    case EINVAL:  // prctl knows no such option: our arguments are right.
      return NotInKernel(error, call, "no CONFIG_SCHED_CORE");
    case ENODEV:
      return NotInKernel(error, call, "no SMT here, or it is switched off");
    case EPERM:
      return PosixError(error, call,
                        "takes the right to ptrace the thread: its user, or "
                        "CAP_SYS_PTRACE");
    default:
      return PosixError(error, call);
  }
}

}  // namespace ktstr
