// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// With cgroups that this test makes on this host, as far as they are ours.

#include "ktstr/cgroup/cgroup_folders.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/cgroup/cgroup_files.h"
#include "ktstr/cgroup/hierarchy.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// A cgroup that is not of a run, as administrators make them.
class CgroupFoldersTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<CgroupHierarchy> hierarchy = CgroupHierarchy::Read();
    if (!hierarchy.ok()) GTEST_SKIP() << hierarchy.status();
    const absl::StatusOr<CgroupPlace> place = hierarchy->PlaceFor("cpu");
    if (!place.ok()) GTEST_SKIP() << place.status();
    hierarchy_ = *std::move(hierarchy);
    path_ = absl::StrCat(place->folder, "/ktstr_folders_test.", getpid());
    ASSERT_THAT(MakeCgroup(path_), IsOk());
  }

  void TearDown() override {
    if (path_.empty()) return;
    EXPECT_THAT(RemoveCgroup(path_, absl::Seconds(1)), IsOk());
  }

  CgroupHierarchy hierarchy_;
  std::string path_;
};

TEST_F(CgroupFoldersTest, WhoEntersIsInside) {
  const absl::StatusOr<CgroupFolders> folders =
      CgroupFolders::Open(hierarchy_, path_);
  ASSERT_THAT(folders, IsOk());
  ASSERT_THAT(folders->all(), SizeIs(1));
  EXPECT_EQ(folders->all()[0].path, path_);
  EXPECT_THAT(folders->WhereElse(), IsOkAndHolds(HasSubstr(":/")));
  absl::StatusOr<Child> child = Child::Spawn([&folders] {
    if (!folders->AddProcess(getpid()).ok()) return 1;
    const absl::StatusOr<std::string> elsewhere = folders->WhereElse();
    return elsewhere.ok() && elsewhere->empty() ? 0 : 2;
  });
  ASSERT_THAT(child, IsOk());
  EXPECT_THAT(child->Reap(), IsOkAndHolds(Field(&ChildEnd::value, 0)));
}

TEST_F(CgroupFoldersTest, OnesThatAreNotThereAreNotOpened) {
  EXPECT_THAT(CgroupFolders::Open(hierarchy_, path_ + ".not"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(CgroupFoldersTest, WhatCannotBeRemovedIsKept) {
  absl::StatusOr<CgroupFolders> folders =
      CgroupFolders::Open(hierarchy_, path_);
  ASSERT_THAT(folders, IsOk());
  ASSERT_THAT(MakeCgroup(path_ + "/inner"), IsOk());
  EXPECT_THAT(folders->RemoveAll(absl::ZeroDuration()).code(),
              AnyOf(Eq(absl::StatusCode::kUnavailable),
                    Eq(absl::StatusCode::kFailedPrecondition)));
  EXPECT_THAT(folders->all(), SizeIs(1));
  ASSERT_THAT(RemoveCgroup(path_ + "/inner", absl::ZeroDuration()), IsOk());
  EXPECT_THAT(folders->RemoveAll(absl::ZeroDuration()), IsOk());
  EXPECT_THAT(folders->all(), SizeIs(0));
}

}  // namespace
}  // namespace ktstr
