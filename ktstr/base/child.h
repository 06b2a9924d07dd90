// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_CHILD_H_
#define KTSTR_BASE_CHILD_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// How a child process ended.
struct ChildEnd {
  enum Kind { kExited, kSignaled };
  Kind kind;
  int value;  // Exit code 0..255, or the number of the signal.
  struct rusage usage;
};

// "was killed by SIGSEGV", "exited with code 1".
std::string DescribeEnd(const ChildEnd& end);

// Owns a child process and its pidfd: the destructor kills (SIGKILL) and reaps
// one that has not been reaped. For the process and thread that spawned it; in
// a forked child the copies of its elder siblings are to be left alone.
class Child final {
 public:
  // Runs `body` in a new process, which leaves by _exit(body()) and therefore
  // neither runs destructors of its parent's frames nor flushes its stdio.
  //
  // The caller has one thread only (not checked). The child is a copy made by
  // clone3(2) with CLONE_PIDFD, which glibc's fork handlers do not see: no
  // pthread_atfork() handler runs, and locks that another thread held would
  // stay held. glibc's thread id and robust mutex list are set right. Where
  // clone3 is not to be had (seccomp), and under ThreadSanitizer, whose locks
  // need the handlers, it is fork(3) and pidfd_open(2).
  //
  // The child inherits signal mask, handlers, affinity, policy and descriptors;
  // changing them, and PR_SET_PDEATHSIG, is the body's affair.
  //
  // EAGAIN's message names the limits that it stands for.
  //
  // With `cgroup_fd`, the folder of a cgroup of v2, the child is born in that
  // (CLONE_INTO_CGROUP, Linux 5.7) or not at all. Where clone3 is not to be had
  // that is kUnimplemented: spawn without, then move it. EACCES: no write
  // permission for the cgroup.procs of what is above both cgroups; EBUSY: it
  // hands controllers to children; EOPNOTSUPP: it is threaded or invalid.
  static constexpr int kSameCgroup = -1;
  static absl::StatusOr<Child> Spawn(absl::FunctionRef<int()> body,
                                     int cgroup_fd = kSameCgroup);

  ~Child() { KillAndReap(); }
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;

  // 0 if moved from.
  pid_t pid() const { return pid_; }
  // Readable (POLLIN) once the child has ended. -1 if moved from or reaped.
  int pidfd() const { return pidfd_.get(); }

  // pidfd_send_signal(2): reaches this child or nobody. ESRCH once it has been
  // reaped; a zombie takes signals without effect. `signo` 0 only asks.
  absl::Status Signal(int signo) const;

  // True while the child has ended and not been reaped: /proc/PID of the zombie
  // can still be read.
  bool ExitedUnreaped() const;

  // How the child ended, which stays as it is: nullopt while it runs, ECHILD
  // once it has been reaped.
  absl::StatusOr<absl::optional<ChildEnd>> End() const;

  // Reaps if the child has ended, nullopt while it runs. ECHILD once it has
  // been reaped. A stopped child runs.
  absl::StatusOr<absl::optional<ChildEnd>> TryReap();

  // Waits for the end, without limit and through signals, and reaps.
  absl::StatusOr<ChildEnd> Reap();

 private:
  Child(pid_t pid, Fd pidfd);
  void KillAndReap();

  pid_t pid_ = 0;
  Fd pidfd_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_CHILD_H_
