// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/sched/core_cookie.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/thread_settings.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uid_t kNobody = 65534;

Attempts TryAll() { return Trial::Start(CgroupHierarchy::Read()).Finish(); }

// What `body` writes in a process of its own; nothing if `prepare` cannot.
std::string InChild(absl::FunctionRef<bool()> prepare,
                    absl::FunctionRef<std::string()> body) {
  const absl::StatusOr<Pipe> pipe = MakePipe();
  absl::StatusOr<Child> child = Child::Spawn([&] {
    if (!prepare()) return 0;
    return WriteAll(pipe->write_end.get(), body()).ok() ? 0 : 1;
  });
  EXPECT_EQ(child->Reap()->value, 0);
  std::string text(4096, '\0');
  const int flags = fcntl(pipe->read_end.get(), F_GETFL);
  fcntl(pipe->read_end.get(), F_SETFL, flags | O_NONBLOCK);
  const ssize_t got = read(pipe->read_end.get(), text.data(), text.size());
  text.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return text;
}

// Everything that could have changed, as text.
std::string OwnState() {
  const absl::StatusOr<SchedState> sched = GetSched(0);
  const absl::StatusOr<MemoryPolicy> memory = GetMemoryPolicy();
  return absl::StrCat(
      sched->spec.ToText(), " nice ", sched->nice, " slice ", sched->slice_ns,
      " uclamp ", sched->uclamp_min, ":", sched->uclamp_max, " reset ",
      sched->reset_on_fork, " cpus ", GetAffinity()->ToString(), " slack ",
      *GetTimerSlack(), " memory ", memory.ok() ? memory->ToText() : "",
      " cookie ", GetCoreCookie(0).value_or(0), " uid ", getuid(), " ",
      geteuid(), " gid ", getgid());
}

TEST(TrialTest, ChangesNothingOfTheCaller) {
  const std::string before = OwnState();
  TryAll();
  EXPECT_EQ(OwnState(), before);
}

TEST(TrialTest, ChangesNothingOfACallerThatIsSomethingElse) {
  const std::string states = InChild(
      [] {
        return SetSched(0, {.policy = SchedPolicy::kBatch}).ok() &&
               SetNice(0, 7).ok() && SetAffinity(0, {0}).ok() &&
               SetTimerSlack(12345).ok() &&
               SetMemoryPolicy(*MemoryPolicy::Parse("local")).ok();
      },
      [] {
        const std::string before = OwnState();
        TryAll();
        const std::string after = OwnState();
        return after == before ? "same " + before
                               : absl::StrCat(before, " became ", after);
      });
  if (states.empty()) GTEST_SKIP() << "no CPU 0, or no NUMA";
  EXPECT_THAT(states, AllOf(HasSubstr("same batch nice 7 "),
                            HasSubstr("slack 12345 memory local ")));
}

TEST(TrialTest, LeavesNoChild) {
  TryAll();
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG | __WALL), -1);
  EXPECT_EQ(errno, ECHILD);
  { const Trial given_up = Trial::Start(CgroupHierarchy::Read()); }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG | __WALL), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(TrialTest, WhatEverybodyMayIsThere) {
  const Attempts attempts = TryAll();
  EXPECT_THAT(attempts[Attempt::kAffinity], IsOk());
  EXPECT_THAT(attempts[Attempt::kBatch], IsOk());
  EXPECT_THAT(attempts[Attempt::kTimerSlack], IsOk());
}

TEST(TrialTest, CapSysNiceIsWorthAllPriorities) {
  if (!ReadSchedRights(0).cap_sys_nice) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const Attempts attempts = TryAll();
  if (attempts[Attempt::kNice].code() == absl::StatusCode::kPermissionDenied) {
    GTEST_SKIP() << "CAP_SYS_NICE of a user namespace";
  }
  EXPECT_THAT(attempts[Attempt::kNice], IsOk());
  EXPECT_EQ(attempts.lowest_nice, -20);
  if (!attempts[Attempt::kRealTime].ok()) {
    GTEST_SKIP() << attempts[Attempt::kRealTime];
  }
  EXPECT_EQ(attempts.priority, 99);
}

// `limit` is for both nice and priority.
std::string AsNobody(rlim_t limit) {
  return InChild(
      [limit] {
        const struct rlimit both = {limit, limit};
        return setrlimit(RLIMIT_RTPRIO, &both) == 0 &&
               setrlimit(RLIMIT_NICE, &both) == 0 &&
               (geteuid() != 0 || setresuid(kNobody, kNobody, kNobody) == 0);
      },
      [] {
        const Attempts attempts = TryAll();
        return absl::StrCat("priority ", attempts.priority, " ",
                            attempts[Attempt::kRealTime].message(), "\nlowest ",
                            attempts.lowest_nice, " ",
                            attempts[Attempt::kNice].message(), "\n",
                            attempts[Attempt::kDeadline].message(), "\n",
                            attempts[Attempt::kUser].message(), "\n",
                            attempts[Attempt::kBatch].message());
      });
}

TEST(TrialTest, NobodyIsToldWhatIsMissing) {
  constexpr char kRefused[] = "Operation not permitted; needs ";
  EXPECT_EQ(
      AsNobody(0),
      absl::StrCat("priority 0 sched_setattr(0, fifo:1): ", kRefused,
                   "CAP_SYS_NICE or RLIMIT_RTPRIO >= 1, here 0\n"
                   "lowest 0 setpriority(0, -20): Permission denied; needs "
                   "CAP_SYS_NICE or RLIMIT_NICE >= 40, here 0\n"
                   "sched_setattr(0, deadline:1ms/100ms/100ms): ",
                   kRefused, "CAP_SYS_NICE\nsetgroups(): ", kRefused,
                   "CAP_SETGID, and /proc/self/setgroups not to deny\n"));
}

TEST(TrialTest, LimitsOfNobodyAreUsed) {
  const std::string told = AsNobody(25);
  if (told.empty()) GTEST_SKIP() << "limits cannot be raised here";
  EXPECT_THAT(told, AllOf(HasSubstr("priority 25 "), HasSubstr("lowest -5 ")));
}

// From then on sched_setattr(2) is not survived.
bool ForbidSchedSetattr() {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_setattr, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(TrialTest, ADeathInTheMiddleIsTold) {
  const std::string told = InChild(ForbidSchedSetattr, [] {
    const Attempts attempts = TryAll();
    return absl::StrCat(attempts[Attempt::kAffinity].ok() ? "yes" : "no", "\n",
                        attempts[Attempt::kRealTime].message(), "\n",
                        attempts.priority);
  });
  if (told.empty()) GTEST_SKIP() << "no seccomp filters";
  EXPECT_EQ(told, "yes\nthe process that tries it was killed by SIGSYS\n0");
}

TEST(TrialTest, WithoutAProcessNothingWorks) {
  const std::string told = InChild(
      [] {
        const struct rlimit none = {0, 0};
        return setrlimit(RLIMIT_NPROC, &none) == 0 &&
               (geteuid() != 0 || setresuid(kNobody, kNobody, kNobody) == 0);
      },
      [] {
        const Attempts attempts = TryAll();
        return absl::StrCat(attempts[Attempt::kAffinity].message(), "\n",
                            attempts[Attempt::kUser].message());
      });
  EXPECT_THAT(told, AllOf(HasSubstr("clone3"), HasSubstr("RLIMIT_NPROC"),
                          HasSubstr("\nclone3")));
}

TEST(TrialTest, BirthNeedsACgroupOfV2) {
  const absl::StatusOr<CgroupHierarchy> none =
      absl::NotFoundError("no /proc/self/cgroup");
  const Attempts attempts = Trial::Start(none).Finish();
  EXPECT_EQ(attempts[Attempt::kBirth], none.status());
  EXPECT_THAT(attempts[Attempt::kAffinity], IsOk());
}

}  // namespace
}  // namespace ktstr
