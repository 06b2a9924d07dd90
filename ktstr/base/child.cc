// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/child.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/config.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/status_macros.h"

// glibc 2.36 declares pidfd_open and pidfd_send_signal without extern "C", so
// these are called by number.

namespace ktstr {
namespace {

#ifdef ABSL_HAVE_THREAD_SANITIZER
constexpr bool kNeedsForkHandlers = true;
#else
constexpr bool kNeedsForkHandlers = false;
#endif

// Like fork(2): in the parent the pid and a pidfd, in the child 0, or -1 and
// errno. ENOSYS also where glibc's state cannot be found.
pid_t Clone3(int* pidfd, int cgroup_fd) {
  // What fork(3) would set right: glibc keeps the thread id, which owns PI,
  // robust and recursive mutexes, and the kernel forgets the robust list.
  uint64_t tid_address = 0;
  void* robust_list = nullptr;
  size_t robust_size = 0;
  if (prctl(PR_GET_TID_ADDRESS, &tid_address) != 0 ||
      syscall(SYS_get_robust_list, /*pid=*/0, &robust_list, &robust_size) !=
          0) {
    errno = ENOSYS;
    return -1;
  }
  struct clone_args args = {};
  args.flags = CLONE_PIDFD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  args.pidfd = reinterpret_cast<uintptr_t>(pidfd);
  args.child_tid = tid_address;
  args.exit_signal = SIGCHLD;
  if (cgroup_fd >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<uint64_t>(cgroup_fd);
  }
  const long pid = syscall(SYS_clone3, &args, sizeof(args));
  if (pid == 0) {
    // Cannot fail: the size is the kernel's own.
    syscall(SYS_set_robust_list, robust_list, robust_size);
  }
  return static_cast<pid_t>(pid);
}

pid_t ForkThenOpen(int* pidfd) {
  const pid_t pid = fork();
  if (pid <= 0) return pid;
  // No race: the pid stays the child's until it is reaped, here.
  *pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, /*flags=*/0));
  if (*pidfd >= 0) return pid;
  const int error = errno;
  kill(pid, SIGKILL);
  while (waitpid(pid, /*status=*/nullptr, /*options=*/0) < 0 &&
         errno == EINTR) {
  }
  errno = error;
  return -1;
}

pid_t ForkWithPidfd(int* pidfd) {
  if (kNeedsForkHandlers) return ForkThenOpen(pidfd);
  const pid_t pid = Clone3(pidfd, Child::kSameCgroup);
  // EPERM is what older seccomp filters say to calls that they do not know.
  if (pid < 0 && (errno == ENOSYS || errno == EPERM)) {
    return ForkThenOpen(pidfd);
  }
  return pid;
}

// Like ForkWithPidfd(), but fork(2) knows no cgroups.
pid_t CloneIntoCgroup(int* pidfd, int cgroup_fd) {
  if (!kNeedsForkHandlers) return Clone3(pidfd, cgroup_fd);
  errno = ENOSYS;
  return -1;
}

absl::Status CgroupError(int error) {
  // E2BIG: from before Linux 5.7; EPERM as in ForkWithPidfd().
  if (error == ENOSYS || error == EPERM || error == E2BIG) {
    return absl::UnimplementedError(absl::StrCat(
        "clone3(CLONE_INTO_CGROUP) is not to be had: ", ErrnoName(error)));
  }
  return PosixError(error, "clone3(CLONE_INTO_CGROUP)");
}

absl::Status SpawnError(int error) {
  if (error != EAGAIN) return PosixError(error, "clone3");
  struct rlimit limit;
  // Cannot fail: the resource exists and the address is good.
  getrlimit(RLIMIT_NPROC, &limit);
  return PosixError(
      error,
      absl::StrCat(
          "clone3 (one of RLIMIT_NPROC, here ",
          limit.rlim_cur == RLIM_INFINITY ? "unlimited"
                                          : absl::StrCat(limit.rlim_cur),
          ", pids.max of a cgroup, kernel.threads-max, kernel.pid_max)"));
}

// waitid(2) without its EINTR. nullopt: the child has not ended (WNOHANG).
absl::StatusOr<absl::optional<ChildEnd>> Wait(int pidfd, int options) {
  // Not an error of ours to report as EBADF: reaped before, or moved from.
  if (pidfd < 0) return PosixError(ECHILD, "waitid(P_PIDFD)");
  siginfo_t info = {};
  ChildEnd end = {};
  // The system call, unlike glibc's function, tells the resource usage.
  while (syscall(SYS_waitid, P_PIDFD, pidfd, &info, WEXITED | options,
                 &end.usage) != 0) {
    if (errno != EINTR) return PosixError("waitid(P_PIDFD)");
  }
  if (info.si_pid == 0) return absl::nullopt;
  end.kind =
      info.si_code == CLD_EXITED ? ChildEnd::kExited : ChildEnd::kSignaled;
  end.value = info.si_status;
  return end;
}

}  // namespace

std::string DescribeEnd(const ChildEnd& end) {
  if (end.kind == ChildEnd::kExited) {
    return absl::StrCat("exited with code ", end.value);
  }
  const char* name = sigabbrev_np(end.value);
  return name == nullptr ? absl::StrCat("was killed by signal ", end.value)
                         : absl::StrCat("was killed by SIG", name);
}

absl::StatusOr<Child> Child::Spawn(absl::FunctionRef<int()> body,
                                   int cgroup_fd) {
  int pidfd = -1;
  const bool into_cgroup = cgroup_fd >= 0;
  const pid_t pid =
      into_cgroup ? CloneIntoCgroup(&pidfd, cgroup_fd) : ForkWithPidfd(&pidfd);
  if (pid < 0) {
    const int error = errno;
    return into_cgroup && error != EAGAIN ? CgroupError(error)
                                          : SpawnError(error);
  }
  if (pid == 0) _exit(body());
  return Child(pid, Fd(pidfd));
}

Child::Child(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    KillAndReap();
    pid_ = std::exchange(other.pid_, 0);
    pidfd_ = std::move(other.pidfd_);
  }
  return *this;
}

absl::Status Child::Signal(int signo) const {
  if (!pidfd_.valid()) return PosixError(ESRCH, "pidfd_send_signal");
  if (syscall(SYS_pidfd_send_signal, pidfd_.get(), signo, /*info=*/nullptr,
              /*flags=*/0) != 0) {
    const int error = errno;
    return PosixError(error, absl::StrCat("pidfd_send_signal(pid ", pid_,
                                          ", signal ", signo, ")"));
  }
  return absl::OkStatus();
}

bool Child::ExitedUnreaped() const {
  const absl::StatusOr<absl::optional<ChildEnd>> end = End();
  return end.ok() && end->has_value();
}

absl::StatusOr<absl::optional<ChildEnd>> Child::End() const {
  return Wait(pidfd_.get(), WNOHANG | WNOWAIT);
}

absl::StatusOr<absl::optional<ChildEnd>> Child::TryReap() {
  KTSTR_ASSIGN_OR_RETURN(const absl::optional<ChildEnd> end,
                         Wait(pidfd_.get(), WNOHANG));
  if (end) pidfd_.reset();
  return end;
}

absl::StatusOr<ChildEnd> Child::Reap() {
  KTSTR_ASSIGN_OR_RETURN(const absl::optional<ChildEnd> end,
                         Wait(pidfd_.get(), /*options=*/0));
  pidfd_.reset();
  return *end;
}

void Child::KillAndReap() {
  if (!pidfd_.valid()) return;
  // Either can only fail if somebody else reaped it: then it is gone as wanted.
  Signal(SIGKILL).IgnoreError();
  Reap().IgnoreError();
}

}  // namespace ktstr
