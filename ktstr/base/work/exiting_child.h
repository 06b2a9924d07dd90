// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_WORK_EXITING_CHILD_H_
#define KTSTR_BASE_WORK_EXITING_CHILD_H_

#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ktstr {

// Children whose whole life is fork and exit, for workers that make thousands
// of them. Unlike a Child it has no pidfd and no owner, which must reap it, and
// any thread of any process may make one: between the kernel's fork and its
// exit the child does nothing but call _exit(2), takes no lock and runs no
// handler of glibc's.

// Returns the child's process id, or -1 and errno: EAGAIN where a limit of
// processes is reached.
inline pid_t ForkExitingChild(int exit_code) {
  // With no flags but the signal clone(2) is fork(2), which not every processor
  // has; the other arguments, whose order differs, are all unused.
  const long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) _exit(exit_code);
  return static_cast<pid_t>(pid);
}

struct ReapedChild {
  siginfo_t how;
  struct rusage usage;
};

// Waits for the child `pid` and for no other. Returns 0, or -1 and errno, EINTR
// for a signal. Not glibc's function, which does not tell the usage.
inline long ReapChild(pid_t pid, ReapedChild* child) {
  return syscall(SYS_waitid, P_PID, pid, &child->how, WEXITED, &child->usage);
}

}  // namespace ktstr

#endif  // KTSTR_BASE_WORK_EXITING_CHILD_H_
