// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cells/kept_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/command/command.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/machine_spec/vm_memory.h"
#include "ktstr/vm/qemu/qemu_command.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string MessageOf(const absl::Status& status) {
  return std::string(status.message());
}

TEST(FileNameTest, HasNothingThatPathsOrShellsTakeApart) {
  EXPECT_EQ(FileName("2n1l2c2t 6.12.1+deb12-amd64"),
            "2n1l2c2t_6.12.1+deb12-amd64");
  EXPECT_EQ(FileName("1c /boot/bz'Image*"), "1c__boot_bz_Image_");
  EXPECT_EQ(FileName("\xC3\xA4\n"), "___");
}

TEST(MakeFolderTest, MakesThoseAboveItToo) {
  const TempDir above;
  const std::string folder = above.path() + "/a/b";
  EXPECT_THAT(MakeFolder(folder), IsOk());
  EXPECT_TRUE(std::filesystem::is_directory(folder));
  EXPECT_THAT(MakeFolder(folder), IsOk());
  EXPECT_THAT(MakeFolder(folder + "/"), IsOk());
}

TEST(MakeFolderTest, TakesNoFileForOne) {
  const TempDir above;
  const std::string file = above.Write("file", "");
  EXPECT_THAT(MessageOf(MakeFolder(file)), HasSubstr("cannot make " + file));
  EXPECT_THAT(MakeFolder(file + "/below"), Not(IsOk()));
  EXPECT_THAT(MakeFolder("/proc/ktstr"), Not(IsOk()));
}

class KeepMachineTest : public testing::Test {
 protected:
  KeepMachineTest() : initrd_(*MakeMemoryFile("initrd")) {
    EXPECT_THAT(WriteAll(initrd_.get(), "initial files"), IsOk());
    EXPECT_THAT(SealMemoryFile(initrd_.get()), IsOk());
    qemu_.memory_bytes = DefaultMemory(qemu_.spec);
    qemu_.kernel = "my kernel/bzImage";
    qemu_.kernel_args = "console=ttyS0 x='a b'";
    qemu_.extra_args = {"-name", "it's mine"};
    folder_ = above_.path() + "/kept";
  }

  std::string Script() const { return folder_ + "/qemu.sh"; }
  std::string Archive() const { return folder_ + "/initramfs.cpio"; }

  // The words of the script's command, a line each.
  std::vector<std::string> Words() {
    const std::string print =
        above_.Write("print", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    EXPECT_EQ(chmod(print.c_str(), S_IRWXU), 0);
    qemu_.qemu = print;
    EXPECT_THAT(KeepMachine(folder_, qemu_, initrd_), IsOk());
    return absl::StrSplit(OutputOf({Script()}), '\n');
  }

  static std::string OutputOf(const std::vector<std::string>& argv) {
    Pipe pipe = *MakePipe();
    Command command;
    command.argv = argv;
    command.stdout_fd = pipe.write_end.get();
    absl::StatusOr<Child> child = StartCommand(command);
    EXPECT_THAT(child, IsOk());
    pipe.write_end.reset();
    const absl::StatusOr<std::string> output =
        ReadFile(absl::StrCat("/proc/self/fd/", pipe.read_end.get()));
    if (child.ok()) {
      EXPECT_EQ(DescribeEnd(*child->Reap()), "exited with code 0");
    }
    return output.value_or("");
  }

  const TempDir above_;
  const Fd initrd_;
  QemuOptions qemu_;
  std::string folder_;
};

TEST_F(KeepMachineTest, KeepsTheInitialFiles) {
  ASSERT_THAT(KeepMachine(folder_, qemu_, initrd_), IsOk());
  EXPECT_THAT(ReadFile(Archive()), IsOkAndHolds("initial files"));
  // QEMU's copy of the descriptor shares the offset.
  EXPECT_EQ(lseek(initrd_.get(), 0, SEEK_CUR), 0);
}

TEST_F(KeepMachineTest, ScriptIsTheCommand) {
  const std::vector<std::string> words = Words();
  EXPECT_THAT(words, Contains("my kernel/bzImage"));
  EXPECT_THAT(words, Contains("it's mine"));
  EXPECT_THAT(words, Contains(Archive()));
  EXPECT_THAT(words, Contains(HasSubstr("x='a b'")));
}

// ttyS0 is the console, ttyS1 that of reports.
TEST_F(KeepMachineTest, ConsoleIsTheFirstSerialLine) {
  const std::vector<std::string> words = Words();
  std::vector<std::string> lines;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "-serial") lines.push_back(words[i + 1]);
  }
  EXPECT_THAT(lines, testing::ElementsAre("mon:stdio", "null"));
}

// The paths of kernel and files may be relative.
TEST_F(KeepMachineTest, ScriptRunsFromAnywhere) {
  qemu_.kernel = "bzImage";
  const std::string where = above_.Write("where", "#!/bin/sh\npwd\n");
  ASSERT_EQ(chmod(where.c_str(), S_IRWXU), 0);
  qemu_.qemu = where;
  ASSERT_THAT(KeepMachine(folder_, qemu_, initrd_), IsOk());
  EXPECT_EQ(OutputOf({"/bin/sh", "-c", "cd / && exec " + Script()}),
            absl::StrCat(std::filesystem::current_path().string(), "\n"));
}

TEST_F(KeepMachineTest, ReplacesWhatIsThere) {
  ASSERT_THAT(MakeFolder(folder_), IsOk());
  above_.Write("kept/initramfs.cpio", std::string(100000, 'x'));
  above_.Write("kept/qemu.sh", std::string(100000, 'x'));
  above_.Write("kept/mine.txt", "mine");
  ASSERT_THAT(KeepMachine(folder_, qemu_, initrd_), IsOk());
  EXPECT_THAT(ReadFile(Archive()), IsOkAndHolds("initial files"));
  EXPECT_THAT(ReadFile(Script()), IsOkAndHolds(AllOf(StartsWith("#!/bin/sh\n"),
                                                     Not(HasSubstr("xxx")))));
  EXPECT_EQ(access(Script().c_str(), X_OK), 0);
  EXPECT_THAT(ReadFile(folder_ + "/mine.txt"), IsOkAndHolds("mine"));
}

TEST_F(KeepMachineTest, NamesWhatCannotBeWritten) {
  EXPECT_THAT(MessageOf(KeepMachine("/proc/ktstr", qemu_, initrd_)),
              HasSubstr("/proc/ktstr"));
  ASSERT_THAT(MakeFolder(Archive()), IsOk());  // In place of the file.
  EXPECT_THAT(MessageOf(KeepMachine(folder_, qemu_, initrd_)),
              HasSubstr(Archive()));
}

TEST_F(KeepMachineTest, TellsThatTheDiskIsFull) {
  ASSERT_THAT(MakeFolder(folder_), IsOk());
  ASSERT_EQ(symlink("/dev/full", Archive().c_str()), 0);
  EXPECT_THAT(MessageOf(KeepMachine(folder_, qemu_, initrd_)),
              HasSubstr("cannot write " + Archive()));
}

}  // namespace
}  // namespace ktstr
