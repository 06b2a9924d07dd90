// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() {
    std::string folder = testing::TempDir() + "/output_file_XXXXXX";
    folder_ = mkdtemp(folder.data());
  }
  ~OutputFileTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const {
    return folder_ + "/" + name;
  }
  size_t FileCount() const {
    const std::filesystem::directory_iterator files(folder_);
    return std::distance(begin(files), end(files));
  }

  std::string folder_;
};

// A message, "" if there is no error.
std::string Complaint(const absl::Status& status) {
  return std::string(status.message());
}

absl::Status Write(absl::StatusOr<OutputFile> file, const char* contents) {
  if (!file.ok()) return file.status();
  return file->Write([=](int fd) { return WriteAll(fd, contents); });
}

TEST_F(OutputFileTest, LeavesNothingBehindWhenOnlyTried) {
  EXPECT_THAT(OutputFile::Open(Path("new")), IsOk());
  EXPECT_THAT(FileCount(), 0);
}

TEST_F(OutputFileTest, WritesANewFile) {
  EXPECT_THAT(Write(OutputFile::Open(Path("new")), "all of it"), IsOk());
  EXPECT_THAT(ReadFile(Path("new")), IsOkAndHolds("all of it"));
  EXPECT_THAT(FileCount(), 1);
}

TEST_F(OutputFileTest, ReplacesAFileAndKeepsItsMode) {
  ASSERT_THAT(Write(OutputFile::Open(Path("old")), "old and long"), IsOk());
  ASSERT_EQ(chmod(Path("old").c_str(), 0640), 0);
  EXPECT_THAT(Write(OutputFile::Open(Path("old")), "new"), IsOk());
  EXPECT_THAT(ReadFile(Path("old")), IsOkAndHolds("new"));
  struct stat file;
  ASSERT_EQ(stat(Path("old").c_str(), &file), 0);
  EXPECT_THAT(file.st_mode & 07777, 0640);
}

TEST_F(OutputFileTest, KeepsTheOldReportWhenTheNewOneCannotBeWritten) {
  ASSERT_THAT(Write(OutputFile::Open(Path("old")), "old"), IsOk());
  auto file = OutputFile::Open(Path("old"));
  ASSERT_THAT(file, IsOk());
  const absl::Status status = file->Write([](int fd) {
    const absl::Status half = WriteAll(fd, "ne");
    return half.ok() ? PosixError(ENOSPC, "write") : half;
  });
  EXPECT_EQ(Complaint(status),
            "cannot write " + Path("old") + ": write: No space left on device");
  EXPECT_THAT(ReadFile(Path("old")), IsOkAndHolds("old"));
  EXPECT_THAT(FileCount(), 1);
}

TEST_F(OutputFileTest, FollowsSymbolicLinks) {
  ASSERT_THAT(Write(OutputFile::Open(Path("file")), "old"), IsOk());
  ASSERT_EQ(symlink("file", Path("link").c_str()), 0);
  EXPECT_THAT(Write(OutputFile::Open(Path("link")), "new"), IsOk());
  EXPECT_THAT(ReadFile(Path("file")), IsOkAndHolds("new"));
  EXPECT_TRUE(std::filesystem::is_symlink(Path("link")));
}

TEST_F(OutputFileTest, WritesIntoAFifo) {
  const std::string path = Path("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  auto reader = OpenFile(path, O_RDONLY | O_NONBLOCK);
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT(Write(OutputFile::Open(path), "report"), IsOk());
  char bytes[16];
  EXPECT_EQ(read(reader->get(), bytes, sizeof(bytes)), 6);
}

TEST_F(OutputFileTest, TellsOfAFullDisk) {
  const absl::Status status = Write(OutputFile::Open("/dev/full"), "report");
  EXPECT_THAT(Complaint(status), AllOf(HasSubstr("cannot write /dev/full"),
                                       HasSubstr("No space left on device")));
}

TEST_F(OutputFileTest, RefusesWhatCannotBeWritten) {
  const auto complaint = [](const std::string& path) {
    return Complaint(OutputFile::Open(path).status());
  };
  EXPECT_THAT(complaint(Path("no/such")),
              HasSubstr("No such file or directory"));
  EXPECT_THAT(complaint(folder_), HasSubstr("Is a directory"));
  EXPECT_THAT(complaint(folder_ + "/"), HasSubstr("Is a directory"));
  EXPECT_THAT(complaint("/proc/version/x"), HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace ktstr
