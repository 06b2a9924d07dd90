// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// With cgroups that this test makes on this host, as far as they are ours.

#include "ktstr/cgroup/own_cgroups.h"

#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/file.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/cgroup/scoped_cgroup.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::Field;
using ::testing::HasSubstr;

class OwnCgroupsTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<CgroupHierarchy> hierarchy = CgroupHierarchy::Read();
    if (!hierarchy.ok()) GTEST_SKIP() << hierarchy.status();
    hierarchy_ = *std::move(hierarchy);
    for (const CgroupMembers members :
         {CgroupMembers::kProcesses, CgroupMembers::kThreads}) {
      const absl::Status made = Make(members).status();
      if (!made.ok()) GTEST_SKIP() << made;
    }
  }

  absl::StatusOr<OwnCgroups> Make(CgroupMembers members) const {
    return OwnCgroups::Create(hierarchy_, "test", 2, members);
  }

  // 0 if the caller moves as it should.
  int MoveAbout(CgroupMembers members) const {
    absl::StatusOr<OwnCgroups> cgroups = Make(members);
    if (!cgroups.ok() || !cgroups->IsBack() || cgroups->IsIn(0)) return 1;
    for (const size_t i : {0, 1, 0}) {
      if (!cgroups->Enter(i).ok()) return 2;
      if (!cgroups->IsIn(i) || cgroups->IsIn(1 - i) || cgroups->IsBack()) {
        return 3;
      }
    }
    if (!cgroups->Return().ok() || !cgroups->IsBack()) return 4;
    return cgroups->Remove().ok() ? 0 : 5;
  }

  CgroupHierarchy hierarchy_;
};

TEST_F(OwnCgroupsTest, ProcessesMoveAbout) {
  absl::StatusOr<Child> child =
      Child::Spawn([this] { return MoveAbout(CgroupMembers::kProcesses); });
  ASSERT_THAT(child, IsOk());
  EXPECT_THAT(child->Reap(), IsOkAndHolds(Field(&ChildEnd::value, 0)));
}

TEST_F(OwnCgroupsTest, ThreadsMoveAboutAlone) {
  absl::StatusOr<Child> child = Child::Spawn([this] {
    const std::string before = ReadFile("/proc/self/cgroup").value();
    int result = -1;
    std::thread([&] { result = MoveAbout(CgroupMembers::kThreads); }).join();
    return ReadFile("/proc/self/cgroup").value() == before ? result : 6;
  });
  ASSERT_THAT(child, IsOk());
  EXPECT_THAT(child->Reap(), IsOkAndHolds(Field(&ChildEnd::value, 0)));
}

TEST_F(OwnCgroupsTest, AreBelowTheOwnOneAndGoWithTheObject) {
  std::string prefix;
  {
    const OwnCgroups cgroups = Make(CgroupMembers::kProcesses).value();
    prefix = cgroups.prefix();
    EXPECT_TRUE(absl::StartsWith(prefix, cgroups.home() + "/ktstr."));
    EXPECT_EQ(access((prefix + "1").c_str(), F_OK), 0);
    // A second one of that label is refused, and takes nothing away.
    EXPECT_THAT(Make(CgroupMembers::kProcesses),
                StatusIs(absl::StatusCode::kAlreadyExists));
    EXPECT_EQ(access((prefix + "0").c_str(), F_OK), 0);
  }
  EXPECT_NE(access((prefix + "0").c_str(), F_OK), 0);
  EXPECT_NE(access((prefix + "1").c_str(), F_OK), 0);
}

TEST(NoCgroupsTest, NoHierarchyIsUnimplemented) {
  TempDir root;
  root.Write("proc/self/cgroup", "1:memory:/\n");
  root.Write("proc/self/mountinfo", "1 2 0:1 / /cg rw - cgroup c rw,memory\n");
  const CgroupHierarchy hierarchy = CgroupHierarchy::Read(root.path()).value();
  EXPECT_THAT(
      OwnCgroups::Create(hierarchy, "x", 1, CgroupMembers::kProcesses),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("neither cgroup")));
}

}  // namespace
}  // namespace ktstr
