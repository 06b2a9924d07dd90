// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/io/io_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/mapping.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;

size_t PageBytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

TEST(OpenNamelessFileTest, LeavesNoName) {
  const TempDir dir;
  // 0 is for a kernel that does not know O_TMPFILE.
  for (const int how : {O_TMPFILE, 0}) {
    const absl::StatusOr<Fd> fd = OpenNamelessFile(dir.path(), how);
    ASSERT_THAT(fd, IsOk());
    EXPECT_THAT(WriteAll(fd->get(), "data"), IsOk());
    EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  }
}

TEST(OpenNamelessFileTest, SaysWhichFolderIsMissing) {
  EXPECT_THAT(
      OpenNamelessFile("/nonexistent").status(),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("open(/nonexistent)")));
}

TEST(CheckIoTargetTest, RefusesABlockDeviceUnlessAllowed) {
  struct stat target = {};
  target.st_mode = S_IFBLK | 0660;
  EXPECT_THAT(CheckIoTarget(target, "/dev/x", false),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("/dev/x is a block device")));
  EXPECT_THAT(CheckIoTarget(target, "/dev/x", true), IsOk());
}

TEST(CheckIoTargetTest, RefusesWhatHasNoBlocks) {
  for (const mode_t kind : {S_IFCHR, S_IFIFO, S_IFDIR, S_IFSOCK}) {
    struct stat target = {};
    target.st_mode = kind;
    EXPECT_THAT(CheckIoTarget(target, "/dev/x", true),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(IoFile::Open({.path = "/dev/null", .bytes = 1 << 20}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("neither a file nor a block device")));
}

TEST(IoFileTest, EveryBlockOfATemporaryFileIsStampedAndFilled) {
  const absl::StatusOr<IoFile> file =
      IoFile::Open({.bytes = 3 << 20, .direct = false});
  ASSERT_THAT(file, IsOk());
  EXPECT_TRUE(file->stamped());
  EXPECT_THAT(file->block_bytes(), Eq(PageBytes()));
  EXPECT_THAT(file->blocks(), Eq((3 << 20) / PageBytes()));
  std::string block(file->block_bytes(), '\0');
  for (uint64_t i = 0; i < file->blocks(); ++i) {
    ASSERT_THAT(file->Read(i, block.data()), Eq(file->block_bytes()));
    EXPECT_TRUE(IoFile::HasStamp(i, block.data()));
    EXPECT_FALSE(IoFile::HasStamp(i + 1, block.data()));
    EXPECT_THAT(block.substr(8, 64).find(std::string(8, '\0')),
                Eq(std::string::npos));
  }
}

TEST(IoFileTest, DirectBlocksAreReadBackAsWritten) {
  const absl::StatusOr<IoFile> file = IoFile::Open({.bytes = 1 << 20});
  if (absl::IsUnimplemented(file.status())) {
    GTEST_SKIP() << file.status().message();
  }
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->counts_reads(), Eq(file->counts_writes()));
  const absl::StatusOr<Mapping> buffer =
      Mapping::CreatePrivate(2 * file->block_bytes());
  ASSERT_THAT(buffer, IsOk());
  char* const out = static_cast<char*>(buffer->data());
  char* const in = out + file->block_bytes();
  IoFile::Stamp(7, out);
  ASSERT_THAT(file->Write(3, out), Eq(file->block_bytes()));
  ASSERT_THAT(file->Flush(), Eq(0));
  ASSERT_THAT(file->Read(3, in), Eq(file->block_bytes()));
  EXPECT_TRUE(IoFile::HasStamp(7, in));
}

TEST(IoFileTest, FilesInMemoryAreNotCounted) {
  if (access("/dev/shm", W_OK) != 0) GTEST_SKIP() << "needs /dev/shm";
  const absl::StatusOr<IoFile> file =
      IoFile::Open({.folder = "/dev/shm", .bytes = 1 << 20, .direct = false});
  ASSERT_THAT(file, IsOk());
  EXPECT_FALSE(file->counts_reads());
  EXPECT_FALSE(file->counts_writes());
}

TEST(IoFileTest, TellsWhereDirectIoIsRefused) {
  const std::string path = "/sys/devices/system/cpu/online";
  if (access(path.c_str(), R_OK) != 0) GTEST_SKIP() << "needs " << path;
  EXPECT_THAT(
      IoFile::Open({.path = path, .bytes = 4096, .writes = false}).status(),
      StatusIs(absl::StatusCode::kUnimplemented,
               HasSubstr("direct I/O on " + path)));
}

TEST(IoFileTest, ANamedFileKeepsItsContent) {
  const TempDir dir;
  const std::string content(2 * PageBytes(), 'x');
  const std::string path = dir.Write("file", content);
  const absl::StatusOr<IoFile> file =
      IoFile::Open({.path = path, .bytes = content.size(), .direct = false});
  ASSERT_THAT(file, IsOk());
  EXPECT_FALSE(file->stamped());
  std::string block(PageBytes(), '\0');
  ASSERT_THAT(file->Read(1, block.data()), Eq(PageBytes()));
  EXPECT_THAT(block, Eq(content.substr(PageBytes())));
}

TEST(IoFileTest, RefusesANamedFileThatIsTooSmallOrHasHoles) {
  const TempDir dir;
  const std::string path = dir.Write("file", "ten bytes.");
  const IoFile::Options options = {.path = path, .bytes = PageBytes()};
  EXPECT_THAT(
      IoFile::Open(options).status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("has 10 bytes")));
  const std::string sparse = dir.Write("sparse", "");
  std::filesystem::resize_file(sparse, PageBytes());
  EXPECT_THAT(
      IoFile::Open({.path = sparse, .bytes = PageBytes()}).status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a hole at 0")));
}

TEST(IoFileTest, RefusesLessThanOneBlock) {
  EXPECT_THAT(IoFile::Open({.bytes = 511, .direct = false}).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("511 bytes"), HasSubstr("one block"))));
}

TEST(IoFileTest, ANamedFolderThatIsMissingIsAnError) {
  EXPECT_THAT(
      IoFile::Open({.folder = "/nonexistent", .bytes = 1 << 20}).status(),
      StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace ktstr
