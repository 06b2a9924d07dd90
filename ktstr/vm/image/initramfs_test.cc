// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/initramfs.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/config.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/image/cpio_reader.h"
#include "ktstr/vm/image/fake_elf.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kNoChroot = 99;

// Runs `words` with `root` as the root folder and returns the exit code, or
// kNoChroot.
int RunIn(const std::string& root, const std::vector<const char*>& words) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const char* word : words) argv.push_back(const_cast<char*>(word));
  argv.push_back(nullptr);
  absl::StatusOr<Child> child = Child::Spawn([&]() -> int {
    if (chroot(root.c_str()) != 0 || chdir("/") != 0) return kNoChroot;
    const Fd output(memfd_create("output", 0));
    dup2(output.get(), STDOUT_FILENO);
    char* const no_environment[] = {nullptr};
    execve(argv[0], argv.data(), no_environment);
    return 98;
  });
  EXPECT_THAT(child, IsOk());
  const absl::StatusOr<ChildEnd> end = child->Reap();
  EXPECT_THAT(end, IsOk());
  EXPECT_EQ(end->kind, ChildEnd::kExited);
  return end->value;
}

// A host with a small binary, which takes no time to pack.
class InitramfsTest : public testing::Test {
 protected:
  InitramfsTest() {
    options_.binary = Write("ktstr", {.after_segments = "symbols"});
    options_.config = std::string("con\0fig", 7);
  }

  std::string Write(const std::string& name, const FakeElf& elf) const {
    std::string path = folder_.Write(name, MakeFakeElf(elf));
    EXPECT_EQ(chmod(path.c_str(), 0755), 0);
    return path;
  }

  // The archive; `made` is what came with it.
  std::string Make() {
    absl::StatusOr<Initramfs> made = MakeInitramfs(options_);
    EXPECT_THAT(made, IsOk());
    if (!made.ok()) return "";
    made_ = *std::move(made);
    absl::StatusOr<std::string> bytes =
        ReadFile(absl::StrCat("/proc/self/fd/", made_.file.get()));
    EXPECT_THAT(bytes, IsOk());
    EXPECT_EQ(made_.bytes, static_cast<int64_t>(bytes->size()));
    return *std::move(bytes);
  }

  std::vector<std::string> Paths() {
    std::vector<std::string> paths;
    for (const CpioEntry& entry : ReadCpio(Make())) paths.push_back(entry.path);
    return paths;
  }

  // Unpacks the archive, but for its devices, into `root`; false if there is
  // nothing to do it with.
  bool Unpack(const TempDir& root) {
    root.Write("archive", Make());
    return system(absl::StrCat("cd ", root.path(),
                               " && cpio -id --quiet -f 'dev/*' < archive")
                      .c_str()) == 0;
  }

  const TempDir folder_;
  InitramfsOptions options_;
  Initramfs made_;
};

TEST_F(InitramfsTest, HoldsWhatAGuestNeeds) {
  const std::string archive = Make();
  EXPECT_THAT(Paths(),
              ElementsAre("dev", "dev/console", "dev/null", "init", "ktstr",
                          "ktstr.config", "proc", "run", "sys", "tmp"));
  const CpioEntry binary = FindInCpio(archive, "ktstr");
  EXPECT_EQ(binary.mode, S_IFREG | 0755);
  EXPECT_EQ(binary.bytes, MakeFakeElf({}));
  EXPECT_EQ(FindInCpio(archive, "init").bytes, "ktstr");
  EXPECT_EQ(FindInCpio(archive, "ktstr.config").bytes, options_.config);
  EXPECT_EQ(FindInCpio(archive, "tmp").mode, S_IFDIR | 01777);
  const CpioEntry console = FindInCpio(archive, "dev/console");
  EXPECT_EQ(console.mode, S_IFCHR | 0600);
  EXPECT_EQ(console.device_major, 5);
  EXPECT_EQ(console.device_minor, 1);
  EXPECT_THAT(made_.scheduler_words, IsEmpty());
  EXPECT_THAT(made_.notes, IsEmpty());
}

TEST_F(InitramfsTest, IsSealedAndAtItsBegin) {
  Make();
  EXPECT_EQ(lseek(made_.file.get(), 0, SEEK_CUR), 0);
  EXPECT_EQ(fcntl(made_.file.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_NE(fcntl(made_.file.get(), F_GET_SEALS) & F_SEAL_WRITE, 0);
}

TEST_F(InitramfsTest, SameOptionsMakeTheSameBytes) {
  EXPECT_EQ(Make(), Make());
}

TEST_F(InitramfsTest, SchedulerKeepsItsPathAndBringsItsLibraries) {
  const std::string program =
      Write("bin/scx",
            {.needed = {"liba.so", "libb.so"}, .runpath = "$ORIGIN/../lib"});
  Write("lib/liba.so", {});
  Write("elsewhere/libb.so", {});
  options_.library_path = folder_.path() + "/elsewhere";
  options_.scheduler = {folder_.path() + "/bin/../bin/scx", "--slice", "5"};
  const std::string archive = Make();
  EXPECT_THAT(made_.scheduler_words, ElementsAre(program, "--slice", "5"));
  const std::string prefix = folder_.path().substr(1);
  EXPECT_EQ(FindInCpio(archive, prefix + "/bin/scx").mode, S_IFREG | 0755);
  FindInCpio(archive, prefix + "/lib/liba.so");
  FindInCpio(archive, prefix + "/elsewhere/libb.so");
  const std::string cache = FindInCpio(archive, "etc/ld.so.cache").bytes;
  EXPECT_THAT(cache, HasSubstr("/elsewhere/libb.so"));
  EXPECT_THAT(cache, Not(HasSubstr("liba.so")));
}

TEST_F(InitramfsTest, RefusesSchedulerThatCannotRun) {
  options_.scheduler = {folder_.Write("text", "x")};
  EXPECT_THAT(MakeInitramfs(options_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("not executable")));
  options_.scheduler = {"/none/scx"};
  EXPECT_THAT(MakeInitramfs(options_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/scx")));
  options_.scheduler = {Write("arm", {.machine = EM_AARCH64})};
  EXPECT_THAT(MakeInitramfs(options_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("another machine")));
  options_.scheduler = {folder_.path()};
  EXPECT_THAT(
      MakeInitramfs(options_),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("folder")));
}

TEST_F(InitramfsTest, IncludedProgramsBringTheirLibraries) {
  Write("top/tool", {.needed = {"liba.so"}, .runpath = "$ORIGIN/lib64"});
  Write("top/lib/liba.so", {});
  ASSERT_EQ(symlink("lib", (folder_.path() + "/top/lib64").c_str()), 0);
  options_.includes = {folder_.path() + "/top:/opt"};
  EXPECT_THAT(Paths(), testing::IsSupersetOf(
                           {"opt/tool", "opt/lib64", "opt/lib/liba.so"}));
  options_.includes = {folder_.path() + "/top/tool:/opt/tool"};
  EXPECT_THAT(Paths(),
              testing::IsSupersetOf({"opt/tool", "opt/lib64/liba.so"}));
}

TEST_F(InitramfsTest, MissingLibraryIsANoteInAFolderAndElseAnError) {
  const std::string tool = Write("top/tool", {.needed = {"libnone.so"}});
  options_.includes = {folder_.path() + "/top"};
  EXPECT_THAT(Paths(), testing::Contains(tool.substr(1)));
  EXPECT_THAT(made_.notes, ElementsAre(HasSubstr("libnone.so")));
  options_.includes = {tool};
  EXPECT_THAT(MakeInitramfs(options_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("libnone.so")));
}

TEST_F(InitramfsTest, RefusesIncludesInThePlaceOfOthers) {
  options_.includes = {"/bin/sh:/ktstr"};
  EXPECT_THAT(
      MakeInitramfs(options_),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'/ktstr'")));
}

TEST_F(InitramfsTest, RefusesBinaryThatIsNone) {
  options_.binary = folder_.Write("text", "x");
  EXPECT_THAT(MakeInitramfs(options_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is not an ELF file")));
}

// This test itself is the program, with whatever libraries it has.
TEST_F(InitramfsTest, PackedBinaryRuns) {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
  GTEST_SKIP() << "the leak checker ends programs that have no /proc";
#endif
  options_.binary = "/proc/self/exe";
  const TempDir root;
  if (!Unpack(root)) GTEST_SKIP() << "the program cpio is not installed";
  const int code = RunIn(root.path(), {"/init", "--gtest_list_tests"});
  if (code == kNoChroot) GTEST_SKIP() << "chroot is not permitted";
  EXPECT_EQ(code, 0);
}

// The loader finds in the guest what only its cache tells it.
TEST_F(InitramfsTest, PackedProgramFindsItsLibraries) {
  const absl::StatusOr<std::string> libc =
      ReadFile("/lib/x86_64-linux-gnu/libc.so.6");
  if (!libc.ok() || access("/bin/bash", X_OK) != 0) {
    GTEST_SKIP() << "the host has no /bin/bash, or its C library elsewhere";
  }
  folder_.Write("own/libc.so.6", *libc);
  options_.library_path = folder_.path() + "/own";
  options_.includes = {"/bin/bash"};
  const TempDir root;
  if (!Unpack(root)) GTEST_SKIP() << "the program cpio is not installed";
  const int code =
      RunIn(root.path(), {"/bin/bash", "-c",
                          "[[ $(LD_TRACE_LOADED_OBJECTS=1 /bin/bash) == "
                          "*own/libc.so.6* ]] && exit 5"});
  if (code == kNoChroot) GTEST_SKIP() << "chroot is not permitted";
  EXPECT_EQ(code, 5);
}

}  // namespace
}  // namespace ktstr
