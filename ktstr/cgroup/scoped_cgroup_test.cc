// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// With the cgroups of this host, as far as they are ours. What v2 does with its
// controllers is checked in a guest: cgroup_guest_check.

#include "ktstr/cgroup/scoped_cgroup.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/spin.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/cgroup/cgroup_stats.h"
#include "ktstr/cgroup/cgroup_tree.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

CgroupSpec Spec(absl::string_view text) {
  return ParseCgroups(text).value().front();
}

int SleepForever() {
  while (true) pause();
}

class ScopedCgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<CgroupHierarchy> hierarchy = CgroupHierarchy::Read();
    if (!hierarchy.ok()) GTEST_SKIP() << hierarchy.status();
    const absl::StatusOr<CgroupPlace> place = hierarchy->PlaceFor("cpu");
    if (!place.ok()) GTEST_SKIP() << place.status();
    folders_ = hierarchy->PossibleFolders();
    tree_ = std::make_unique<CgroupTree>(
        CgroupTree::Create(*std::move(hierarchy)).value());
  }

  void TearDown() override {
    if (tree_ == nullptr) return;
    EXPECT_THAT(tree_->Remove(), IsOk());
    const std::string ours = absl::StrCat("/ktstr.", getpid(), ".");
    for (const std::string& folder : folders_) {
      EXPECT_THAT(CgroupsBelow(folder), Each(Not(HasSubstr(ours))));
    }
  }

  std::unique_ptr<CgroupTree> tree_;
  std::vector<std::string> folders_;
};

TEST_F(ScopedCgroupTest, KeepsWhatWasAsked) {
  const absl::StatusOr<ScopedCgroup> cgroup =
      ScopedCgroup::Create(*tree_, Spec("a:weight=300:max=50%"));
  ASSERT_THAT(cgroup, IsOk());
  EXPECT_TRUE(cgroup->has_cpu());
  EXPECT_THAT(cgroup->applied(), Not(IsEmpty()));
  for (const AppliedControl& control : cgroup->applied()) {
    EXPECT_TRUE(control.kept) << control.file << ": " << control.why;
    EXPECT_EQ(control.got, control.asked);
    EXPECT_THAT(ReadFileTrimmed(control.file), IsOkAndHolds(control.got));
  }
}

TEST_F(ScopedCgroupTest, CpusetsCanBeEntered) {
  if (!tree_->hierarchy().PlaceFor("cpuset").ok()) {
    GTEST_SKIP() << tree_->hierarchy().PlaceFor("cpuset").status();
  }
  const absl::StatusOr<ScopedCgroup> cgroup =
      ScopedCgroup::Create(*tree_, Spec("a:cpus=0"));
  ASSERT_THAT(cgroup, IsOk());
  EXPECT_THAT(cgroup->applied(), Each(Field(&AppliedControl::kept, true)));
  Child child = Child::Spawn(SleepForever).value();
  ASSERT_THAT(cgroup->folders().AddProcess(child.pid()), IsOk());
  EXPECT_THAT(GetAffinity(child.pid()), IsOkAndHolds(CpuSet({0})));
}

TEST_F(ScopedCgroupTest, RefusalsAreTold) {
  if (!tree_->hierarchy().PlaceFor("cpuset").ok()) {
    GTEST_SKIP() << tree_->hierarchy().PlaceFor("cpuset").status();
  }
  const absl::StatusOr<ScopedCgroup> cgroup =
      ScopedCgroup::Create(*tree_, Spec("a:cpus=65535"));
  ASSERT_THAT(cgroup, IsOk());
  ASSERT_THAT(cgroup->applied(), SizeIs(1));
  const AppliedControl& control = cgroup->applied().front();
  EXPECT_FALSE(control.kept);
  EXPECT_NE(control.error, 0);
  EXPECT_EQ(control.asked, "65535");
  EXPECT_THAT(control.why, HasSubstr("cpuset.cpus"));
}

TEST_F(ScopedCgroupTest, CountsTheTimeOfItsMembers) {
  const absl::StatusOr<ScopedCgroup> cgroup =
      ScopedCgroup::Create(*tree_, Spec("a"));
  ASSERT_THAT(cgroup, IsOk());
  if (!cgroup->folders().Read().usage_known)
    GTEST_SKIP() << "no counter of CPU time";
  EXPECT_EQ(cgroup->folders().Read().usage_ns, 0);
  Child child = Child::Spawn([]() -> int {
                  while (true) Spin(1000);
                }).value();
  ASSERT_THAT(cgroup->folders().AddProcess(child.pid()), IsOk());
  while (cgroup->folders().Read().usage_ns < 5'000'000) {
  }
  EXPECT_GE(cgroup->folders().Read().usage_ns, 5'000'000);
}

TEST_F(ScopedCgroupTest, ChildrenAreBornInIt) {
  const absl::StatusOr<ScopedCgroup> cgroup =
      ScopedCgroup::Create(*tree_, Spec("born"));
  ASSERT_THAT(cgroup, IsOk());
  if (cgroup->folders().dirfd() < 0) GTEST_SKIP() << "no cgroup v2";
  absl::StatusOr<Child> child =
      Child::Spawn(SleepForever, cgroup->folders().dirfd());
  if (absl::IsUnimplemented(child.status())) GTEST_SKIP() << child.status();
  ASSERT_THAT(child, IsOk());
  EXPECT_THAT(ReadFile(absl::StrCat("/proc/", child->pid(), "/cgroup")),
              IsOkAndHolds(HasSubstr("/born\n")));
}

TEST_F(ScopedCgroupTest, ThreadsOfV1GoAlone) {
  if (tree_->hierarchy().V1Of("cpu") == nullptr) {
    GTEST_SKIP() << "v2 is checked in a guest";
  }
  const absl::StatusOr<ScopedCgroup> cgroup =
      ScopedCgroup::Create(*tree_, Spec("a"), CgroupMembers::kThreads);
  ASSERT_THAT(cgroup, IsOk());
  ASSERT_THAT(tree_->EnterForThreads(), IsOk());
  std::string own;
  absl::Status added;
  std::thread([&] {
    added = cgroup->folders().AddThread(gettid());
    own = ReadFile("/proc/thread-self/cgroup").value_or("");
  }).join();
  EXPECT_THAT(added, IsOk());
  EXPECT_THAT(own, HasSubstr("/a\n"));
  EXPECT_THAT(ReadFile("/proc/self/cgroup"),
              IsOkAndHolds(Not(HasSubstr("/a\n"))));
}

TEST_F(ScopedCgroupTest, NamesAreTakenOnce) {
  const absl::StatusOr<ScopedCgroup> cgroup =
      ScopedCgroup::Create(*tree_, Spec("a"));
  ASSERT_THAT(cgroup, IsOk());
  EXPECT_THAT(ScopedCgroup::Create(*tree_, Spec("a")),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(ScopedCgroup::Create(*tree_, Spec("b")), IsOk());
}

TEST_F(ScopedCgroupTest, TheDeadCannotEnter) {
  const absl::StatusOr<ScopedCgroup> cgroup =
      ScopedCgroup::Create(*tree_, Spec("a"));
  ASSERT_THAT(cgroup, IsOk());
  Child child = Child::Spawn([] { return 0; }).value();
  const pid_t pid = child.pid();
  ASSERT_THAT(child.Reap(), IsOk());
  EXPECT_EQ(ErrnoOf(cgroup->folders().AddProcess(pid)), ESRCH);
}

TEST_F(ScopedCgroupTest, KillsNobodyAndTellsWhoStays) {
  absl::StatusOr<ScopedCgroup> cgroup = ScopedCgroup::Create(*tree_, Spec("a"));
  ASSERT_THAT(cgroup, IsOk());
  Child child = Child::Spawn(SleepForever).value();
  ASSERT_THAT(cgroup->folders().AddProcess(child.pid()), IsOk());
  EXPECT_EQ(ErrnoOf(cgroup->Remove(absl::Milliseconds(1))), EBUSY);
  EXPECT_THAT(child.Signal(0), IsOk());
  child = Child::Spawn([] { return 0; }).value();  // Kills and reaps.
  EXPECT_THAT(cgroup->Remove(), IsOk());
}

TEST_F(ScopedCgroupTest, CrashedRunsAreCleanedUp) {
  Child crashed = Child::Spawn([this]() -> int {
                    CgroupTree tree =
                        CgroupTree::Create(tree_->hierarchy()).value();
                    const auto left = ScopedCgroup::Create(tree, Spec("left"));
                    _exit(left.ok() ? 0 : 1);
                  }).value();
  const pid_t pid = crashed.pid();
  ASSERT_EQ(crashed.Reap().value().value, 0);
  const absl::StatusOr<ScopedCgroup> live =
      ScopedCgroup::Create(*tree_, Spec("live"));
  const StaleCgroups stale = RemoveStaleCgroups(tree_->hierarchy());
  EXPECT_THAT(stale.removed,
              Contains(HasSubstr(absl::StrCat("/ktstr.", pid, "."))));
  EXPECT_THAT(stale.removed,
              Each(Not(HasSubstr(absl::StrCat("/ktstr.", getpid(), ".")))));
}

}  // namespace
}  // namespace ktstr
