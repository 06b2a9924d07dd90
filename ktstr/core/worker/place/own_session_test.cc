// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/place/own_session.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/sched/autogroup.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// What `body` makes its exit code; it has the session of this process.
int ExitOf(absl::FunctionRef<int()> body) {
  absl::StatusOr<Child> child = Child::Spawn(body);
  const absl::StatusOr<ChildEnd> end = child->Reap();
  return end->kind == ChildEnd::kExited ? end->value : -end->value;
}

Autogroup Now() {
  const absl::StatusOr<absl::optional<Autogroup>> group = GetAutogroup();
  return group.ok() ? group->value_or(Autogroup()) : Autogroup();
}

class OwnSessionTest : public testing::Test {
 protected:
  void SetUp() override {
    const absl::StatusOr<bool> enabled = AutogroupEnabled();
    if (!enabled.ok()) GTEST_SKIP() << enabled.status();
    if (!*enabled) GTEST_SKIP() << "autogroups are off";
  }
  void TearDown() override { EXPECT_EQ(Now().nice, before_.nice); }

  const Autogroup before_ = Now();
};

TEST_F(OwnSessionTest, HasAnAutogroupWithTheNice) {
  EXPECT_EQ(ExitOf([this] {
              EnterOwnSession(5).IgnoreError();
              if (getsid(0) != getpid()) return 1;
              if (Now().id == before_.id) return 2;
              return DescribeAutogroup() == "own:5" ? 0 : 3;
            }),
            0);
}

TEST_F(OwnSessionTest, KeepsTheKernelsNiceUnlessTold) {
  EXPECT_EQ(ExitOf([] {
              if (DescribeAutogroup().find("shared:") != 0) return 1;
              EnterOwnSession(std::nullopt).IgnoreError();
              return DescribeAutogroup() == "own:0" ? 0 : 2;
            }),
            0);
}

TEST_F(OwnSessionTest, AskingTwiceChangesNoSession) {
  EXPECT_EQ(ExitOf([] {
              const absl::Status first = EnterOwnSession(1);
              const Autogroup group = Now();
              if (EnterOwnSession(1) != first) return 1;
              return Now().id == group.id ? 0 : 2;
            }),
            0);
}

TEST_F(OwnSessionTest, ThreadsEnterItTogether) {
  EXPECT_EQ(ExitOf([this] {
              std::vector<std::thread> threads;
              std::vector<std::string> seen(8);
              threads.reserve(seen.size());
              for (std::string& text : seen) {
                threads.emplace_back([&text] {
                  EnterOwnSession(3).IgnoreError();
                  text = DescribeAutogroup();
                });
              }
              for (std::thread& thread : threads) thread.join();
              for (const std::string& text : seen) {
                if (text != "own:3") return 1;
              }
              return Now().id != before_.id ? 0 : 2;
            }),
            0);
}

TEST_F(OwnSessionTest, WaitsForItsTurn) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else";
  EXPECT_EQ(ExitOf([] {
              if (setresuid(4321, 4321, 4321) != 0) return 1;
              prctl(PR_SET_DUMPABLE, 1);  // Its files would belong to root.
              // The kernel takes one change in 0.1 s from the likes of it.
              EnterOwnSession(1).IgnoreError();
              EnterOwnSession(2).IgnoreError();
              return DescribeAutogroup() == "own:2" ? 0 : 2;
            }),
            0);
}

TEST(OwnSessionRefusalTest, NamesTheSysctlAndChangesNothing) {
  TempDir root;
  const pid_t session = getsid(0);
  EXPECT_THAT(EnterOwnSession(5, root.path()),
              StatusIs(absl::StatusCode::kUnimplemented,
                       AllOf(HasSubstr("sched_autogroup_enabled"),
                             HasSubstr("no CONFIG_SCHED_AUTOGROUP"))));
  root.Write("proc/sys/kernel/sched_autogroup_enabled", "0\n");
  EXPECT_THAT(
      EnterOwnSession(5, root.path()),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("/proc/sys/kernel/sched_autogroup_enabled is 0")));
  EXPECT_EQ(getsid(0), session);
}

// Whether autogroups mean something in the cgroup that `root` says.
bool MeansSomething(const TempDir& root) {
  root.Write("proc/sys/kernel/sched_autogroup_enabled", "1\n");
  const int end = ExitOf([&root] {
    const absl::Status status = EnterOwnSession(std::nullopt, root.path());
    if (status.ok()) return 0;
    return status.message().find("mean nothing in cgroup '/a/b'") ==
                   absl::string_view::npos
               ? 2
               : 1;
  });
  EXPECT_LE(end, 1);
  return end == 0;
}

TEST(OwnSessionRefusalTest, CgroupsOfV1TakeThePlaceOfAutogroups) {
  TempDir root;
  root.Write("proc/self/mountinfo",
             "1 2 0:1 / /cg/cpu rw - cgroup c rw,cpu,cpuacct\n"
             "1 2 0:1 / /cg/memory rw - cgroup c rw,memory\n");
  root.Write("proc/self/cgroup", "2:cpu,cpuacct:/\n1:memory:/a/b\n");
  EXPECT_TRUE(MeansSomething(root));
  root.Write("proc/self/cgroup", "2:cpu,cpuacct:/a/b\n1:memory:/\n");
  EXPECT_FALSE(MeansSomething(root));
}

TEST(OwnSessionRefusalTest, CgroupsOfV2DoWhereTheyHaveTheController) {
  TempDir root;
  root.Write("proc/self/mountinfo", "1 2 0:1 / /cg rw - cgroup2 c rw\n");
  root.Write("proc/self/cgroup", "0::/a/b\n");
  root.Write("cg/a/b/cgroup.procs", "");
  EXPECT_TRUE(MeansSomething(root));
  root.Write("cg/a/cpu.weight", "100\n");
  EXPECT_FALSE(MeansSomething(root));
}

}  // namespace
}  // namespace ktstr
