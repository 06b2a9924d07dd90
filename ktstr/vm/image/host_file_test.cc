// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/host_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(HostFileTest, ReadsFilesThroughLinks) {
  const TempDir folder;
  const std::string file = folder.Write("file", "content");
  const std::string link = folder.path() + "/link";
  ASSERT_EQ(symlink("file", link.c_str()), 0);
  EXPECT_THAT(ReadHostFile(link), IsOkAndHolds("content"));
  EXPECT_THAT(ReadHostFileHead(link, 4), IsOkAndHolds("cont"));
  EXPECT_THAT(ReadHostFileHead(link, 99), IsOkAndHolds("content"));
  EXPECT_THAT(ReadHostLink(link), IsOkAndHolds("file"));
}

TEST(HostFileTest, ReadsFilesThatSayTheyAreEmpty) {
  const TempDir folder;
  EXPECT_THAT(ReadHostFile(folder.Write("empty", "")), IsOkAndHolds(""));
  EXPECT_THAT(ReadHostFile("/proc/self/stat"), IsOkAndHolds(HasSubstr("(")));
}

// A FIFO that was opened would block the test for ever.
TEST(HostFileTest, OpensNothingButFiles) {
  const TempDir folder;
  const std::string fifo = folder.path() + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(ReadHostFile(fifo), StatusIs(kInvalid, HasSubstr("is a FIFO")));
  EXPECT_THAT(ReadHostFileHead(fifo, 4), StatusIs(kInvalid));
  EXPECT_THAT(ReadHostFile("/dev/zero"),
              StatusIs(kInvalid, HasSubstr("is a device")));
  EXPECT_THAT(ReadHostFile(folder.path()),
              StatusIs(kInvalid, HasSubstr("is a folder")));
}

TEST(HostFileTest, RefusesFourGibibytes) {
  const TempDir folder;
  const std::string file = folder.Write("file", "");
  if (truncate(file.c_str(), int64_t{1} << 32) != 0) {
    GTEST_SKIP() << "the file system has no files so large";
  }
  EXPECT_THAT(ReadHostFile(file), StatusIs(kInvalid, HasSubstr("4 GiB")));
}

TEST(HostFileTest, ErrorsNameThePath) {
  const absl::Status status = ReadHostFile("/none/file").status();
  EXPECT_EQ(status.message(),
            "cannot read '/none/file': No such file or directory");
  EXPECT_EQ(ErrnoOf(status), ENOENT);
  for (const absl::Status& other :
       {ListHostFolder("/none").status(), ReadHostLink("/none").status(),
        RealHostPath("/none").status(), StatHostLink("/none").status()}) {
    EXPECT_THAT(std::string(other.message()),
                StartsWith("cannot read '/none'"));
  }
}

TEST(HostFileTest, ListsFoldersSorted) {
  const TempDir folder;
  folder.Write("b", "");
  folder.Write("a/x", "");
  folder.Write(".c", "");
  EXPECT_THAT(ListHostFolder(folder.path()),
              IsOkAndHolds(ElementsAre(".c", "a", "b")));
}

TEST(HostFileTest, CleansPaths) {
  EXPECT_EQ(CleanPath("/"), "/");
  EXPECT_EQ(CleanPath("//a/./b//c/"), "/a/b/c");
  EXPECT_EQ(CleanPath("/a/../../b/.."), "/");
  EXPECT_EQ(CleanPath("/.a/..b"), "/.a/..b");
  EXPECT_EQ(FolderOf("/a/b"), "/a");
  EXPECT_EQ(FolderOf("/a"), "/");
}

TEST(HostFileTest, RelativePathsStartHere) {
  EXPECT_THAT(AbsoluteHostPath("/a/../b"), IsOkAndHolds("/b"));
  const auto here = RealHostPath(".");
  ASSERT_THAT(here, IsOk());
  EXPECT_THAT(AbsoluteHostPath("x/./y"), IsOkAndHolds(*here + "/x/y"));
}

}  // namespace
}  // namespace ktstr
