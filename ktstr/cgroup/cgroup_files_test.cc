// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cgroup/cgroup_files.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CgroupFilesTest, WritesWhatIsThere) {
  const TempDir root;
  const std::string path = root.Write("cpu.weight", "100");
  EXPECT_THAT(WriteCgroupFile(path, "300"), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("300"));
}

TEST(CgroupFilesTest, MakesNoFile) {
  const TempDir root;
  EXPECT_THAT(WriteCgroupFile(root.path() + "/cpu.weight", "300"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("cpu.weight")));
}

TEST(CgroupFilesTest, TellsWhatCouldNotBeWrittenWhere) {
  EXPECT_THAT(WriteCgroupFile("/dev/full", "7"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(HasSubstr("'7'"), HasSubstr("/dev/full"))));
}

TEST(CgroupFilesTest, RefusesAFolderThatIsThere) {
  const TempDir root;
  EXPECT_THAT(MakeCgroup(root.path() + "/a"), IsOk());
  EXPECT_THAT(MakeCgroup(root.path() + "/a"),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST(CgroupFilesTest, ListsFoldersInOrder) {
  const TempDir root;
  root.Write("b/file", "");
  root.Write("a/file", "");
  root.Write("file", "");
  EXPECT_THAT(CgroupsBelow(root.path()),
              ElementsAre(root.path() + "/a", root.path() + "/b"));
  EXPECT_THAT(CgroupsBelow(root.path() + "/none"), IsEmpty());
}

TEST(CgroupFilesTest, RemovesWhatIsThereAndWhatIsNot) {
  const TempDir root;
  ASSERT_THAT(MakeCgroup(root.path() + "/a"), IsOk());
  EXPECT_THAT(RemoveCgroup(root.path() + "/a", absl::ZeroDuration()), IsOk());
  EXPECT_THAT(CgroupsBelow(root.path()), IsEmpty());
  EXPECT_THAT(RemoveCgroup(root.path() + "/a", absl::ZeroDuration()), IsOk());
}

TEST(CgroupFilesTest, FillsACpusetFromTheOneAbove) {
  const TempDir root;
  root.Write("cpuset.cpus", "0-1\n");
  root.Write("cpuset.mems", "0\n");
  const std::string cpus = root.Write("a/cpuset.cpus", "");
  const std::string mems = root.Write("a/cpuset.mems", "");
  EXPECT_THAT(FillCpuset(root.path(), root.path() + "/a"), IsOk());
  EXPECT_THAT(ReadFile(cpus), IsOkAndHolds("0-1"));
  EXPECT_THAT(ReadFile(mems), IsOkAndHolds("0"));
}

}  // namespace
}  // namespace ktstr
