// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/cpio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/image/cpio_reader.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kExists = absl::StatusCode::kAlreadyExists;

// An archive in memory.
class Archive final {
 public:
  Archive() : file_(*MakeMemoryFile("ktstr-test")), cpio(file_.get()) {}

  // Ends it and returns its bytes.
  std::string Bytes() {
    const absl::StatusOr<int64_t> size = cpio.Finish();
    EXPECT_THAT(size, IsOk());
    const absl::StatusOr<std::string> bytes =
        ReadFile(absl::StrCat("/proc/self/fd/", file_.get()));
    EXPECT_THAT(bytes, IsOk());
    EXPECT_EQ(static_cast<size_t>(*size), bytes->size());
    EXPECT_EQ(bytes->size() % 4, 0);
    return *bytes;
  }

 private:
  Fd file_;

 public:
  CpioArchive cpio;
};

std::string Field(uint32_t value) {
  return absl::StrCat(absl::Hex(value, absl::kZeroPad8));
}

void FillSample(CpioArchive& cpio) {
  ASSERT_THAT(cpio.AddDirectory("/tmp", 01777), IsOk());
  ASSERT_THAT(cpio.AddFile("bin/tool", "#!/bin/sh\nexit 3\n", 0755), IsOk());
  ASSERT_THAT(cpio.AddFile("bin/data", std::string("\0\1\2\3\4", 5), 0640),
              IsOk());
  ASSERT_THAT(cpio.AddSymlink("init", "bin/tool"), IsOk());
  ASSERT_THAT(cpio.AddDevice("dev/console", 0600, S_IFCHR, 5, 1), IsOk());
}

// Runs a shell command in `folder`, which gets $archive and has to succeed, and
// returns what it prints.
std::string Shell(const TempDir& folder, const std::string& command) {
  const int code = system(absl::StrCat("cd ", folder.path(),
                                       " && export LC_ALL=C TZ=UTC && { ",
                                       command, "; } > out 2>&1")
                              .c_str());
  const absl::StatusOr<std::string> out =
      ReadFile(absl::StrCat(folder.path(), "/out"));
  EXPECT_EQ(code, 0) << command << ": " << *out;
  return *out;
}

bool HasCpio() { return system("cpio --version >/dev/null 2>&1") == 0; }

TEST(CpioTest, HeaderIsExact) {
  Archive archive;
  ASSERT_THAT(archive.cpio.AddFile("/file", "hi", 0100644), IsOk());
  const std::string zero = Field(0);
  EXPECT_EQ(
      archive.Bytes(),
      absl::StrCat("070701", Field(1), Field(0100644), zero, zero, Field(1),
                   zero, Field(2), zero, zero, zero, zero, Field(5), zero,
                   absl::string_view("file\0\0hi\0\0", 10)) +
          absl::StrCat("070701", zero, zero, zero, zero, Field(1), zero, zero,
                       zero, zero, zero, zero, Field(11), zero,
                       absl::string_view("TRAILER!!!\0\0\0\0", 14)));
}

TEST(CpioTest, KeepsEveryLengthOfPathAndContent) {
  Archive archive;
  for (size_t length = 1; length < 10; ++length) {
    ASSERT_THAT(archive.cpio.AddFile(std::string(length, 'p'),
                                     std::string(length - 1, 'c'), 0600),
                IsOk());
  }
  size_t length = 0;
  for (const CpioEntry& entry : ReadCpio(archive.Bytes())) {
    ++length;
    EXPECT_EQ(entry.path, std::string(length, 'p'));
    EXPECT_EQ(entry.bytes, std::string(length - 1, 'c'));
    EXPECT_EQ(entry.inode, length);
  }
  EXPECT_EQ(length, 9);
}

TEST(CpioTest, MakesMissingFoldersOnce) {
  Archive archive;
  ASSERT_THAT(archive.cpio.AddDirectory("a", 0700), IsOk());
  ASSERT_THAT(archive.cpio.AddFile("a//b/./c", "", 0600), IsOk());
  ASSERT_THAT(archive.cpio.AddFile("/a/b/d", "", 0600), IsOk());
  std::vector<std::string> seen;
  for (const CpioEntry& entry : ReadCpio(archive.Bytes())) {
    seen.push_back(absl::StrCat(entry.path, " ", absl::Hex(entry.mode)));
  }
  EXPECT_THAT(seen,
              ElementsAre("a 41c0", "a/b 41ed", "a/b/c 8180", "a/b/d 8180"));
}

TEST(CpioTest, RefusesBadPaths) {
  CpioArchive cpio(/*fd=*/-1);  // Nothing is written.
  for (const std::string& path :
       {std::string("../x"), std::string("a/../b"), std::string("a/.."),
        std::string("a\0b", 3), std::string("TRAILER!!!"),
        std::string("/TRAILER!!!/"), std::string(kMaxCpioPath + 1, 'x')}) {
    EXPECT_THAT(cpio.AddFile(path, "", 0600), StatusIs(kInvalid)) << path;
  }
  EXPECT_THAT(cpio.AddSymlink("x", ""), StatusIs(kInvalid));
  EXPECT_THAT(cpio.AddSymlink("x", std::string("a\0b", 3)), StatusIs(kInvalid));
  EXPECT_THAT(cpio.AddDevice("x", 0600, S_IFIFO, 1, 1), StatusIs(kInvalid));
}

TEST(CpioTest, RefusesWhatIsThereAlready) {
  Archive archive;
  FillSample(archive.cpio);
  for (const char* path : {"bin/tool", "/bin//tool", "bin", "init", "/", ""}) {
    EXPECT_THAT(archive.cpio.AddFile(path, "", 0600), StatusIs(kExists));
    EXPECT_THAT(archive.cpio.AddDirectory(path, 0700), StatusIs(kExists));
  }
  EXPECT_THAT(archive.cpio.AddFile("bin/tool/x", "", 0600),
              StatusIs(kInvalid, HasSubstr("not a folder")));
}

TEST(CpioTest, RefusesFourGibibytes) {
  CpioArchive cpio(/*fd=*/-1);
  // Never looked at.
  const absl::string_view bytes("", size_t{1} << 32);
  EXPECT_THAT(cpio.AddFile("x", bytes, 0600),
              StatusIs(kInvalid, HasSubstr("4 GiB")));
}

TEST(CpioTest, TellsOfAFullDisk) {
  const absl::StatusOr<Fd> full = OpenFile("/dev/full", O_WRONLY);
  ASSERT_THAT(full, IsOk());
  CpioArchive cpio(full->get());
  EXPECT_EQ(ErrnoOf(cpio.AddFile("x", "", 0600)), ENOSPC);
}

TEST(CpioTest, SameCallsMakeTheSameBytes) {
  Archive first;
  Archive second;
  FillSample(first.cpio);
  FillSample(second.cpio);
  EXPECT_EQ(first.Bytes(), second.Bytes());
}

TEST(CpioProgramTest, ListsOurArchive) {
  if (!HasCpio()) GTEST_SKIP() << "the program cpio is not installed";
  Archive archive;
  FillSample(archive.cpio);
  const TempDir folder;
  folder.Write("archive", archive.Bytes());
  std::string list =
      Shell(folder, "cpio -itv --numeric-uid-gid --quiet < archive");
  absl::RemoveExtraAsciiWhitespace(&list);
  EXPECT_EQ(list,
            "drwxrwxrwt 2 0 0 0 Jan 1 1970 tmp\n"
            "drwxr-xr-x 2 0 0 0 Jan 1 1970 bin\n"
            "-rwxr-xr-x 1 0 0 17 Jan 1 1970 bin/tool\n"
            "-rw-r----- 1 0 0 5 Jan 1 1970 bin/data\n"
            "lrwxrwxrwx 1 0 0 8 Jan 1 1970 init -> bin/tool\n"
            "drwxr-xr-x 2 0 0 0 Jan 1 1970 dev\n"
            "crw------- 1 0 0 5, 1 Jan 1 1970 dev/console");
}

TEST(CpioProgramTest, UnpacksOurArchive) {
  if (!HasCpio()) GTEST_SKIP() << "the program cpio is not installed";
  Archive archive;
  FillSample(archive.cpio);
  const TempDir folder;
  folder.Write("archive", archive.Bytes());
  Shell(folder, "cpio -id --quiet -f 'dev/*' < archive");
  EXPECT_THAT(ReadFile(folder.path() + "/bin/data"),
              IsOkAndHolds(std::string("\0\1\2\3\4", 5)));
  EXPECT_EQ(Shell(folder, "./init; echo $?"), "3\n");
}

// The same files packed by the program and by us differ in nothing but what we
// do not want to know: links of folders, the first inode number, padding at the
// end.
TEST(CpioProgramTest, MakesTheSameArchive) {
  if (!HasCpio()) GTEST_SKIP() << "the program cpio is not installed";
  const TempDir folder;
  folder.Write("in/bin/data", "12345");
  folder.Write("in/bin/tool", "");
  Shell(folder,
        "cd in && ln -s bin/tool init && chmod 755 bin bin/tool && "
        "chmod 640 bin/data && touch -h -d @0 bin bin/* init && "
        "printf 'bin\\nbin/data\\nbin/tool\\ninit\\n' | "
        "cpio -o -H newc --reproducible --owner=+0:+0 --quiet > ../theirs");
  const absl::StatusOr<std::string> theirs =
      ReadFile(folder.path() + "/theirs");
  ASSERT_THAT(theirs, IsOk());
  Archive archive;
  ASSERT_THAT(archive.cpio.AddFile("bin/data", "12345", 0640), IsOk());
  ASSERT_THAT(archive.cpio.AddFile("bin/tool", "", 0755), IsOk());
  ASSERT_THAT(archive.cpio.AddSymlink("init", "bin/tool"), IsOk());
  const std::vector<CpioEntry> expected = ReadCpio(*theirs);
  const std::vector<CpioEntry> ours = ReadCpio(archive.Bytes());
  ASSERT_EQ(ours.size(), expected.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(ours[i].path, expected[i].path);
    EXPECT_EQ(ours[i].mode, expected[i].mode) << ours[i].path;
    EXPECT_EQ(ours[i].uid, expected[i].uid) << ours[i].path;
    EXPECT_EQ(ours[i].gid, expected[i].gid) << ours[i].path;
    EXPECT_EQ(ours[i].mtime, expected[i].mtime) << ours[i].path;
    EXPECT_EQ(ours[i].bytes, expected[i].bytes) << ours[i].path;
  }
}

}  // namespace
}  // namespace ktstr
