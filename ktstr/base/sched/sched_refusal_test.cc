// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/sched_refusal.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr absl::StatusCode kPermission = absl::StatusCode::kPermissionDenied;

const SchedRights kNone = {
    .rlimit_rtprio = 7, .rlimit_nice = 3, .cpu_cgroup = ""};
const SchedRights kAll = {.cap_sys_nice = true, .cpu_cgroup = "/a"};

absl::Status Refuse(int error, absl::string_view spec,
                    const SchedRights& rights) {
  return SchedRefusal(error, "call", *SchedSpec::Parse(spec), rights);
}

TEST(SchedRefusalTest, NamesTheMissingPrivilege) {
  EXPECT_THAT(Refuse(EPERM, "fifo:50", kNone),
              StatusIs(kPermission,
                       EndsWith("needs CAP_SYS_NICE or RLIMIT_RTPRIO >= 50, "
                                "here 7")));
  EXPECT_THAT(Refuse(EPERM, "deadline:1ms/2ms/2ms", kNone),
              StatusIs(kPermission, EndsWith("; needs CAP_SYS_NICE")));
  EXPECT_THAT(Refuse(EPERM, "batch", kNone),
              StatusIs(kPermission, HasSubstr("RLIMIT_NICE >= 20 - nice")));
  EXPECT_THAT(NiceRefusal(EACCES, "call", -5, kNone),
              StatusIs(kPermission,
                       EndsWith("CAP_SYS_NICE or RLIMIT_NICE >= 25, here 3")));
}

TEST(SchedRefusalTest, NamesWhatPrivilegeDoesNotHelp) {
  EXPECT_THAT(
      Refuse(EPERM, "rr:1", kAll),
      StatusIs(kPermission, HasSubstr("cgroup '/a' has no real-time run time "
                                      "(cpu.rt_runtime_us")));
  EXPECT_THAT(Refuse(EPERM, "deadline:1ms/2ms/2ms", kAll),
              StatusIs(kPermission, HasSubstr("the affinity has to be")));
  EXPECT_THAT(Refuse(EPERM, "normal", kAll),
              StatusIs(kPermission, HasSubstr("initial user namespace")));
  EXPECT_THAT(Refuse(EACCES, "ext", kAll),
              StatusIs(kPermission, HasSubstr("scheduler disallows")));
}

TEST(SchedRefusalTest, NamesWhatIsNotBuiltIn) {
  EXPECT_THAT(Refuse(EINVAL, "ext", kAll),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("CONFIG_SCHED_CLASS_EXT")));
  for (const int error : {EOPNOTSUPP, E2BIG}) {
    EXPECT_THAT(UclampRefusal(error, "call"),
                StatusIs(absl::StatusCode::kUnimplemented,
                         HasSubstr("CONFIG_UCLAMP_TASK")));
  }
}

TEST(SchedRefusalTest, AddsNothingThatItDoesNotKnow) {
  EXPECT_THAT(Refuse(ESRCH, "fifo:1", kAll),
              StatusIs(absl::StatusCode::kNotFound, "call: No such process"));
  EXPECT_THAT(
      Refuse(EINVAL, "fifo:1", kAll),
      StatusIs(absl::StatusCode::kInvalidArgument, "call: Invalid argument"));
}

// The message that `body` gives when it runs as nobody.
std::string AsNobody(absl::FunctionRef<absl::Status()> body) {
  const absl::StatusOr<Pipe> pipe = MakePipe();
  absl::StatusOr<Child> child = Child::Spawn([&] {
    constexpr uid_t kNobody = 65534;
    if (geteuid() == 0 && setresuid(kNobody, kNobody, kNobody) != 0) return 1;
    const std::string message(body().message());
    return WriteAll(pipe->write_end.get(), message).ok() ? 0 : 2;
  });
  EXPECT_EQ(child->Reap()->value, 0);
  char text[1024];
  const ssize_t got = read(pipe->read_end.get(), text, sizeof(text));
  return std::string(text, got < 0 ? 0 : static_cast<size_t>(got));
}

bool HasNoLimits() {
  struct rlimit rtprio = {};
  struct rlimit nice = {};
  return getrlimit(RLIMIT_RTPRIO, &rtprio) == 0 &&
         getrlimit(RLIMIT_NICE, &nice) == 0 && rtprio.rlim_cur == 0 &&
         nice.rlim_cur == 0;
}

TEST(UnprivilegedTest, RealTimeNamesTheLimit) {
  if (!HasNoLimits()) GTEST_SKIP() << "RLIMIT_RTPRIO or RLIMIT_NICE allow it";
  EXPECT_EQ(AsNobody([] { return SetSched(0, *SchedSpec::Parse("fifo:5")); }),
            "sched_setattr(0, fifo:5): Operation not permitted; needs "
            "CAP_SYS_NICE or RLIMIT_RTPRIO >= 5, here 0");
}

TEST(UnprivilegedTest, DeadlineNamesTheCapability) {
  EXPECT_EQ(AsNobody([] {
              return SetSched(0, *SchedSpec::Parse("deadline:1ms/9ms/9ms"));
            }),
            "sched_setattr(0, deadline:1ms/9ms/9ms): Operation not permitted; "
            "needs CAP_SYS_NICE");
}

TEST(UnprivilegedTest, NiceGoesUpAndNotDown) {
  if (!HasNoLimits()) GTEST_SKIP() << "RLIMIT_RTPRIO or RLIMIT_NICE allow it";
  EXPECT_EQ(AsNobody([] {
              const absl::Status up = SetNice(0, 5);
              return up.ok() ? SetNice(0, 4) : up;
            }),
            "setpriority(0, 4): Permission denied; needs CAP_SYS_NICE or "
            "RLIMIT_NICE >= 16, here 0");
}

TEST(UnprivilegedTest, IdleIsNotLeftAgain) {
  if (!HasNoLimits()) GTEST_SKIP() << "RLIMIT_RTPRIO or RLIMIT_NICE allow it";
  EXPECT_THAT(AsNobody([] {
                const absl::Status in = SetSched(0, *SchedSpec::Parse("idle"));
                return in.ok() ? SetSched(0, SchedSpec()) : in;
              }),
              EndsWith("both to lower nice and to leave policy idle, here 0"));
}

TEST(UnprivilegedTest, TheRealTimeLimitIsNotRaised) {
  EXPECT_EQ(AsNobody([] {
              const absl::Duration one = absl::Seconds(1);
              const absl::Status set = LimitRealTime(one, one);
              return set.ok() ? LimitRealTime(one, 2 * one) : set;
            }),
            "setrlimit(RLIMIT_RTTIME, 1s, 2s): Operation not permitted; "
            "raising the hard limit needs CAP_SYS_RESOURCE");
}

TEST(SchedRightsTest, ComeFromTheLimitsAndProc) {
  const SchedRights rights = ReadSchedRights(0);
  struct rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NICE, &limit), 0);
  EXPECT_EQ(rights.rlimit_nice, limit.rlim_cur);
  EXPECT_THAT(rights.cpu_cgroup, testing::StartsWith("/"));
  EXPECT_EQ(ReadSchedRights(getpid()).cpu_cgroup, rights.cpu_cgroup);
}

}  // namespace
}  // namespace ktstr
