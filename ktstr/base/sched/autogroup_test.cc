// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/sched/autogroup.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(AutogroupTest, ReadsTheSysctl) {
  const TempDir proc;
  proc.Write("sys/kernel/sched_autogroup_enabled", "1\n");
  EXPECT_THAT(AutogroupEnabled(proc.path()), IsOkAndHolds(true));
  proc.Write("sys/kernel/sched_autogroup_enabled", "0\n");
  EXPECT_THAT(AutogroupEnabled(proc.path()), IsOkAndHolds(false));
  proc.Write("sys/kernel/sched_autogroup_enabled", "yes\n");
  EXPECT_THAT(AutogroupEnabled(proc.path()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("'yes'")));
}

TEST(AutogroupTest, SaysThatTheKernelHasNone) {
  const TempDir proc;
  const auto is_missing = StatusIs(absl::StatusCode::kUnimplemented,
                                   EndsWith("; no CONFIG_SCHED_AUTOGROUP"));
  EXPECT_THAT(AutogroupEnabled(proc.path()).status(), is_missing);
  EXPECT_THAT(GetAutogroup(proc.path()).status(), is_missing);
  EXPECT_THAT(SetAutogroupNice(0, proc.path()), is_missing);
}

TEST(AutogroupTest, ReadsGroupAndNice) {
  const TempDir proc;
  proc.Write("self/autogroup", "/autogroup-4711 nice -7\n");
  const absl::StatusOr<absl::optional<Autogroup>> group =
      GetAutogroup(proc.path());
  ASSERT_THAT(group, IsOk());
  ASSERT_TRUE(group->has_value());
  EXPECT_EQ((*group)->id, 4711);
  EXPECT_EQ((*group)->nice, -7);
}

TEST(AutogroupTest, ReadsThatThereIsNoGroup) {
  const TempDir proc;
  proc.Write("self/autogroup", "");
  EXPECT_THAT(GetAutogroup(proc.path()), IsOk());
  EXPECT_FALSE(GetAutogroup(proc.path())->has_value());
}

TEST(AutogroupTest, RefusesWhatIsNoGroup) {
  const TempDir proc;
  for (const absl::string_view text :
       {"x", "/autogroup- nice 0", "/autogroup-1 nice", "/autogroup-1 nice x",
        "/autogroup-1 weight 3", "/autogroup-1 nice 0 1", "autogroup-1 nice 0",
        "/autogroup-x nice 0"}) {
    proc.Write("self/autogroup", text);
    EXPECT_THAT(GetAutogroup(proc.path()),
                StatusIs(absl::StatusCode::kDataLoss))
        << text;
  }
}

TEST(AutogroupTest, WritesNice) {
  const TempDir proc;
  const std::string file = proc.Write("self/autogroup", "");
  EXPECT_THAT(SetAutogroupNice(-20, proc.path()), IsOk());
  EXPECT_THAT(ReadFile(file), IsOkAndHolds("-20"));
  for (const int nice : {-21, 20}) {
    EXPECT_THAT(SetAutogroupNice(nice, proc.path()),
                StatusIs(absl::StatusCode::kOutOfRange));
  }
}

// 0, or the number of the step that went wrong.
int SetNiceOfNewSession() {
  if (setsid() < 0) return 1;
  const absl::StatusOr<absl::optional<Autogroup>> before = GetAutogroup();
  if (!before.ok() || !before->has_value() || (*before)->nice != 0) return 2;
  const absl::Status set = SetAutogroupNice(5);
  if (!set.ok()) return ErrnoOf(set) == EAGAIN ? 3 : 4;
  const absl::StatusOr<absl::optional<Autogroup>> after = GetAutogroup();
  if (!after.ok() || !after->has_value()) return 5;
  return (*after)->id == (*before)->id && (*after)->nice == 5 ? 0 : 6;
}

TEST(AutogroupTest, ANewSessionHasItsOwnNice) {
  const absl::StatusOr<bool> enabled = AutogroupEnabled();
  if (absl::IsUnimplemented(enabled.status())) {
    GTEST_SKIP() << enabled.status().message();
  }
  ASSERT_THAT(enabled, IsOk());
  if (!*enabled) GTEST_SKIP() << "kernel.sched_autogroup_enabled is 0";
  const absl::StatusOr<absl::optional<Autogroup>> before = GetAutogroup();
  absl::StatusOr<Child> child =
      Child::Spawn([] { return SetNiceOfNewSession(); });
  ASSERT_THAT(child, IsOk());
  const int step = child->Reap()->value;
  if (step == 3 && geteuid() != 0) GTEST_SKIP() << "another change just before";
  EXPECT_EQ(step, 0);
  ASSERT_THAT(before, IsOk());
  if (before->has_value()) {
    EXPECT_EQ((*GetAutogroup())->nice, (*before)->nice);
  }
}

TEST(AutogroupTest, LoweringNamesThePrivilege) {
  if (!AutogroupEnabled().value_or(false)) GTEST_SKIP() << "no autogroups";
  if (geteuid() != 0) GTEST_SKIP() << "drops privileges, so needs root";
  const absl::StatusOr<Pipe> pipe = MakePipe();
  ASSERT_THAT(pipe, IsOk());
  absl::StatusOr<Child> child = Child::Spawn([&pipe] {
    if (setsid() < 0) return 1;
    constexpr uid_t kNobody = 65534;
    if (setresuid(kNobody, kNobody, kNobody) != 0) return 2;
    // Its files in /proc are root's otherwise.
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) return 4;
    const std::string message(SetAutogroupNice(-1).message());
    return WriteAll(pipe->write_end.get(), message).ok() ? 0 : 3;
  });
  ASSERT_THAT(child, IsOk());
  ASSERT_EQ(child->Reap()->value, 0);
  char text[512];
  const ssize_t got = read(pipe->read_end.get(), text, sizeof(text));
  ASSERT_GE(got, 0);
  EXPECT_THAT(std::string(text, static_cast<size_t>(got)),
              EndsWith("/self/autogroup, -1): Operation not permitted; "
                       "below 0 needs CAP_SYS_NICE or RLIMIT_NICE"));
}

}  // namespace
}  // namespace ktstr
