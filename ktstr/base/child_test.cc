// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/child.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <functional>
#include <iterator>
#include <new>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Property;

auto Exited(int code) {
  return IsOkAndHolds(AllOf(Field(&ChildEnd::kind, ChildEnd::kExited),
                            Field(&ChildEnd::value, code)));
}

auto Signaled(int signo) {
  return IsOkAndHolds(AllOf(Field(&ChildEnd::kind, ChildEnd::kSignaled),
                            Field(&ChildEnd::value, signo)));
}

// For TryReap().
auto StillRuns() {
  return IsOkAndHolds(Property(&absl::optional<ChildEnd>::has_value, false));
}

int SleepForever() {
  while (true) pause();
}

Child SpawnOrDie(const std::function<int()>& body) {
  absl::StatusOr<Child> child = Child::Spawn(body);
  EXPECT_THAT(child, IsOk());
  return *std::move(child);
}

void AwaitEnd(const Child& child) {
  struct pollfd end = {.fd = child.pidfd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&end, 1, /*timeout=*/-1), 1);
}

bool IsGone(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

TEST(ChildTest, ReturnsTheBodysResultAsExitCode) {
  for (const int code : {0, 1, 255}) {
    Child child = SpawnOrDie([code] { return code; });
    EXPECT_THAT(child.Reap(), Exited(code));
  }
}

TEST(ChildTest, ReportsDeathBySignal) {
  Child child = SpawnOrDie(SleepForever);
  EXPECT_THAT(child.Signal(SIGTERM), IsOk());
  EXPECT_THAT(child.Reap(), Signaled(SIGTERM));
}

TEST(ChildTest, DescribesHowItEnded) {
  EXPECT_EQ(DescribeEnd({ChildEnd::kExited, 3, {}}), "exited with code 3");
  EXPECT_EQ(DescribeEnd({ChildEnd::kSignaled, SIGSEGV, {}}),
            "was killed by SIGSEGV");
  EXPECT_EQ(DescribeEnd({ChildEnd::kSignaled, 40, {}}),
            "was killed by signal 40");
}

TEST(ChildTest, IsACopyWithAPidOfItsOwn) {
  int word = 1;
  const pid_t parent = getpid();
  Child child = SpawnOrDie([&word, parent] {
    word = 2;
    return getppid() == parent && getpid() != parent ? 0 : 1;
  });
  EXPECT_THAT(child.Reap(), Exited(0));
  EXPECT_EQ(word, 1);
}

TEST(ChildTest, ReportsResourceUsage) {
  Child child = SpawnOrDie([] { return 0; });
  const absl::StatusOr<ChildEnd> end = child.Reap();
  ASSERT_THAT(end, IsOk());
  EXPECT_GT(end->usage.ru_minflt, 0);
}

TEST(ChildTest, TryReapFindsNothingWhileItRuns) {
  Child child = SpawnOrDie(SleepForever);
  EXPECT_THAT(child.TryReap(), StillRuns());
  EXPECT_THAT(child.Signal(SIGSTOP), IsOk());
  EXPECT_THAT(child.TryReap(), StillRuns());
  EXPECT_THAT(child.Signal(SIGKILL), IsOk());
  AwaitEnd(child);
  const absl::StatusOr<absl::optional<ChildEnd>> end = child.TryReap();
  ASSERT_THAT(end, IsOk());
  ASSERT_TRUE(end->has_value());
  EXPECT_EQ((*end)->value, SIGKILL);
}

TEST(ChildTest, ReapsOnce) {
  Child child = SpawnOrDie([] { return 0; });
  EXPECT_THAT(child.Reap(), Exited(0));
  EXPECT_EQ(ErrnoOf(child.Reap().status()), ECHILD);
  EXPECT_EQ(ErrnoOf(child.TryReap().status()), ECHILD);
  EXPECT_EQ(ErrnoOf(child.Signal(SIGKILL)), ESRCH);
  EXPECT_FALSE(child.ExitedUnreaped());
  EXPECT_EQ(child.pidfd(), -1);
}

TEST(ChildTest, ZombieCanBeReadBeforeItIsReaped) {
  Child child = SpawnOrDie([] { return 3; });
  AwaitEnd(child);
  EXPECT_TRUE(child.ExitedUnreaped());
  EXPECT_TRUE(child.End().value().has_value());
  EXPECT_THAT(ReadFile(absl::StrCat("/proc/", child.pid(), "/status")),
              IsOkAndHolds(HasSubstr("Z (zombie)")));
  EXPECT_THAT(child.Reap(), Exited(3));
  EXPECT_TRUE(IsGone(child.pid()));
}

TEST(ChildTest, HasNotExitedWhileItRuns) {
  const Child child = SpawnOrDie(SleepForever);
  EXPECT_FALSE(child.ExitedUnreaped());
}

TEST(ChildTest, DestructorKillsAndReaps) {
  pid_t pid;
  {
    const Child child = SpawnOrDie(SleepForever);
    pid = child.pid();
    EXPECT_FALSE(IsGone(pid));
  }
  EXPECT_TRUE(IsGone(pid));
}

TEST(ChildTest, DestructorKillsAStoppedChild) {
  pid_t pid;
  {
    const Child child = SpawnOrDie(SleepForever);
    pid = child.pid();
    EXPECT_THAT(child.Signal(SIGSTOP), IsOk());
  }
  EXPECT_TRUE(IsGone(pid));
}

TEST(ChildTest, AssignmentKillsTheOldOneAndMovesTheNew) {
  Child first = SpawnOrDie(SleepForever);
  Child second = SpawnOrDie(SleepForever);
  const pid_t old = first.pid();
  const pid_t kept = second.pid();
  first = std::move(second);
  EXPECT_TRUE(IsGone(old));
  EXPECT_FALSE(IsGone(kept));
  EXPECT_EQ(first.pid(), kept);
  EXPECT_EQ(second.pid(), 0);  // NOLINT(bugprone-use-after-move)
}

// A robust mutex needs the right thread id and the child's own robust list:
// the kernel uses both to tell the others that the owner died.
TEST(ChildTest, RobustMutexTellsOfTheChildsDeath) {
  const absl::StatusOr<Mapping> mapping = Mapping::CreateShared(1);
  ASSERT_THAT(mapping, IsOk());
  auto* mutex = new (mapping->data()) pthread_mutex_t;
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ASSERT_EQ(pthread_mutex_init(mutex, &attributes), 0);
  Child child = SpawnOrDie([mutex] { return pthread_mutex_lock(mutex); });
  ASSERT_THAT(child.Reap(), Exited(0));
  // Tried, so that a mutex that stays locked is a failure and not a hang.
  EXPECT_EQ(pthread_mutex_trylock(mutex), EOWNERDEAD);
  EXPECT_EQ(pthread_mutex_consistent(mutex), 0);
  EXPECT_EQ(pthread_mutex_unlock(mutex), 0);
}

// Makes clone3 fail with `error` for this process from now on.
bool ForbidClone3(int error) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, /*true=*/0, /*false=*/1),
      BPF_STMT(BPF_RET | BPF_K,
               SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {.len = std::size(program), .filter = program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(ChildTest, ForksWhereClone3IsForbidden) {
  for (const int error : {ENOSYS, EPERM}) {
    Child outer = SpawnOrDie([error] {
      if (!ForbidClone3(error)) return 1;
      absl::StatusOr<Child> inner = Child::Spawn([] { return 42; });
      if (!inner.ok() || inner->pidfd() < 0) return 2;
      const absl::StatusOr<ChildEnd> end = inner->Reap();
      return end.ok() ? end->value : 3;
    });
    EXPECT_THAT(outer.Reap(), Exited(42));
  }
}

// Root is not held to the limit, so a child becomes nobody.
TEST(ChildTest, IsBornInACgroupOrNotAtAll) {
  const absl::StatusOr<Pipe> no_cgroup = MakePipe();
  ASSERT_THAT(no_cgroup, IsOk());
  const absl::Status refused =
      Child::Spawn([] { return 0; }, no_cgroup->read_end.get()).status();
  // Old kernels, seccomp filters and ThreadSanitizer's runs have no clone3.
  if (!absl::IsUnimplemented(refused)) {
    EXPECT_EQ(ErrnoOf(refused), EBADF);
  }
  EXPECT_THAT(std::string(refused.message()), HasSubstr("CLONE_INTO_CGROUP"));
}

TEST(ChildTest, RefusalNamesTheLimitOfProcesses) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  constexpr uid_t kNobody = 65534;
  Child outer = SpawnOrDie([] {
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_NPROC, &none) != 0 || setuid(kNobody) != 0) return 1;
    const absl::Status refused = Child::Spawn([] { return 0; }).status();
    if (ErrnoOf(refused) != EAGAIN) return 2;
    return absl::StrContains(refused.message(), "RLIMIT_NPROC, here 0") ? 0 : 3;
  });
  EXPECT_THAT(outer.Reap(), Exited(0));
}

}  // namespace
}  // namespace ktstr
