// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/elf_needs.h"

#include <elf.h>
#include <stdlib.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/image/fake_elf.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

// A file system with programs and libraries below a folder.
class FakeHost final {
 public:
  std::string Add(absl::string_view path, const FakeElf& elf) const {
    return root_.Write(path, MakeFakeElf(elf));
  }
  std::string AddText(absl::string_view path, absl::string_view text) const {
    return root_.Write(path, text);
  }
  void AddLink(absl::string_view path, const std::string& target) const {
    const std::string link = absl::StrCat(root_.path(), "/", path);
    EXPECT_EQ(symlink(target.c_str(), link.c_str()), 0);
  }

  // What `path` needs there: "GUEST" or, where host and guest differ,
  // "GUEST=HOST", with "*" if the loader's cache has to name it.
  absl::StatusOr<std::vector<std::string>> Needs(
      const std::string& path, ElfNeedsOptions options = {}) const {
    options.root = root_.path();
    if (options.guest_path.empty()) options.guest_path = path;
    const absl::StatusOr<std::vector<NeededFile>> files =
        ElfNeeds(root_.path() + path, options);
    if (!files.ok()) return files.status();
    std::vector<std::string> texts;
    for (const NeededFile& file : *files) {
      const std::string host = file.host_path.substr(root_.path().size());
      texts.push_back(
          absl::StrCat(file.guest_path,
                       host == file.guest_path ? "" : absl::StrCat("=", host),
                       file.cache_name.empty() ? "" : "*"));
    }
    return texts;
  }

 private:
  const TempDir root_;
};

TEST(ElfNeedsTest, StaticProgramNeedsItself) {
  const FakeHost host;
  host.Add("/bin/tool", {});
  EXPECT_THAT(host.Needs("/bin/tool"), IsOkAndHolds(ElementsAre("/bin/tool")));
}

TEST(ElfNeedsTest, FollowsLibrariesOfLibrariesOnce) {
  const FakeHost host;
  host.Add("/bin/tool", {.interpreter = "/lib64/ld.so",
                         .needed = {"liba.so.1", "libc.so.6"}});
  host.Add("/lib64/ld.so", {.soname = "ld-fake.so.2"});
  host.Add("/usr/lib/liba.so.1", {.needed = {"libb.so", "libc.so.6"}});
  host.Add("/lib/x86_64-linux-gnu/libc.so.6", {.needed = {"ld-fake.so.2"}});
  host.Add("/lib/libb.so", {.needed = {"liba.so.1"}});
  EXPECT_THAT(host.Needs("/bin/tool"),
              IsOkAndHolds(ElementsAre(
                  "/bin/tool", "/lib64/ld.so", "/usr/lib/liba.so.1*",
                  "/lib/x86_64-linux-gnu/libc.so.6*", "/lib/libb.so*")));
}

TEST(ElfNeedsTest, LibraryIsKnownByItsOwnName) {
  const FakeHost host;
  host.Add("/bin/tool", {.needed = {"liba.so", "libb.so"}});
  host.Add("/lib/liba.so", {.soname = "liba.so.1"});
  host.Add("/lib/libb.so", {.needed = {"liba.so.1"}});
  EXPECT_THAT(
      host.Needs("/bin/tool"),
      IsOkAndHolds(ElementsAre("/bin/tool", "/lib/liba.so*", "/lib/libb.so*")));
}

TEST(ElfNeedsTest, LinkedLibraryTakesThePathOfTheLink) {
  const FakeHost host;
  host.Add("/bin/tool", {.needed = {"liba.so"}});
  host.Add("/opt/real/liba.so.1.2.3", {});
  host.AddText("/lib/empty", "");
  host.AddLink("/lib/liba.so", "../opt/real/liba.so.1.2.3");
  EXPECT_THAT(host.Needs("/bin/tool"),
              IsOkAndHolds(ElementsAre("/bin/tool", "/lib/liba.so*")));
}

TEST(ElfNeedsTest, SearchesInTheLoadersOrder) {
  const FakeHost host;
  host.AddText("/etc/ld.so.conf", "/conf");
  host.Add("/lib/libx.so", {});
  const struct {
    const char* file;  // Comes into being, and is found before the former.
    const char* found;
  } steps[] = {{"/conf/libx.so", "/conf/libx.so*"},
               {"/run/libx.so", "/run/libx.so"},
               {"/env/libx.so", "/env/libx.so*"},
               {"/r/libx.so", "/r/libx.so"}};
  for (const auto& step : steps) {
    host.Add(step.file, {});
    const bool has_rpath = absl::StartsWith(step.file, "/r/");
    host.Add("/bin/tool", {.needed = {"libx.so"},
                           .rpath = has_rpath ? "/none:/r" : "",
                           .runpath = has_rpath ? "" : "/run"});
    EXPECT_THAT(host.Needs("/bin/tool", {.library_path = "/none:/env"}),
                IsOkAndHolds(ElementsAre("/bin/tool", step.found)));
  }
}

TEST(ElfNeedsTest, RpathHoldsForLibrariesOfLibrariesAndRunpathDoesNot) {
  const FakeHost host;
  host.Add("/opt/liba.so", {.needed = {"libb.so"}});
  host.Add("/opt/libb.so", {});
  host.Add("/bin/rpath", {.needed = {"liba.so"}, .rpath = "/opt"});
  host.Add("/bin/runpath", {.needed = {"liba.so"}, .runpath = "/opt"});
  host.Add("/bin/both",
           {.needed = {"liba.so"}, .rpath = "/opt", .runpath = "/opt"});
  EXPECT_THAT(
      host.Needs("/bin/rpath"),
      IsOkAndHolds(ElementsAre("/bin/rpath", "/opt/liba.so", "/opt/libb.so")));
  for (const char* program : {"/bin/runpath", "/bin/both"}) {
    EXPECT_THAT(host.Needs(program),
                StatusIs(kNotFound, AllOf(HasSubstr("/opt/liba.so' needs"),
                                          HasSubstr("'libb.so'"))));
  }
}

TEST(ElfNeedsTest, ExpandsOriginLibAndPlatform) {
  const FakeHost host;
  host.Add("/opt/bin/tool",
           {.needed = {"liba.so", "libb.so", "libp.so", "/opt/own/libd.so"},
            .runpath = "relative:$ORIGIN/../own:/usr/local/$LIB:"
                       "/opt/${PLATFORM}:${ORIGIN}"});
  host.Add("/opt/own/liba.so", {});
  host.Add("/opt/own/libd.so", {});
  host.Add("/usr/local/lib64/libb.so", {});
  host.Add("/opt/x86_64/libp.so", {});
  EXPECT_THAT(host.Needs("/opt/bin/tool"),
              IsOkAndHolds(ElementsAre(
                  "/opt/bin/tool", "/opt/own/liba.so=/opt/bin/../own/liba.so",
                  "/usr/local/lib64/libb.so", "/opt/x86_64/libp.so",
                  "/opt/own/libd.so")));
}

// $ORIGIN is where the program really is, on the host; and in the guest where
// it will be.
TEST(ElfNeedsTest, OriginMovesWithTheProgram) {
  const FakeHost host;
  host.Add("/opt/bin/tool", {.needed = {"liba.so"}, .rpath = "$ORIGIN/../lib"});
  host.Add("/opt/lib/liba.so", {});
  host.AddText("/usr/bin/empty", "");
  host.AddLink("/usr/bin/tool", "../../opt/bin/tool");
  EXPECT_THAT(
      host.Needs("/usr/bin/tool"),
      IsOkAndHolds(ElementsAre("/usr/bin/tool",
                               "/usr/lib/liba.so=/opt/bin/../lib/liba.so")));
  EXPECT_THAT(
      host.Needs("/opt/bin/tool", {.guest_path = "/a/tool"}),
      IsOkAndHolds(ElementsAre("/a/tool=/opt/bin/tool",
                               "/lib/liba.so=/opt/bin/../lib/liba.so")));
}

TEST(ElfNeedsTest, PassesOverLibrariesThatCannotBeUsed) {
  const FakeHost host;
  host.Add("/bin/tool", {.needed = {"libx.so"}});
  host.Add("/lib/x86_64-linux-gnu/libx.so", {.machine = EM_AARCH64});
  host.AddText("/lib64/libx.so", "INPUT(libx.so.1)");
  EXPECT_THAT(
      host.Needs("/bin/tool"),
      StatusIs(kNotFound,
               AllOf(HasSubstr("/lib64, "), HasSubstr("another machine"),
                     HasSubstr("/lib64/libx.so' is not an ELF file"))));
  host.Add("/usr/lib/libx.so", {});
  EXPECT_THAT(host.Needs("/bin/tool"),
              IsOkAndHolds(ElementsAre("/bin/tool", "/usr/lib/libx.so*")));
}

TEST(ElfNeedsTest, ScriptNeedsItsInterpreters) {
  const FakeHost host;
  host.AddText("/bin/script", "#!/usr/bin/env wrapper\n");
  host.Add("/usr/bin/env", {.needed = {"libc.so"}});
  host.AddText("/usr/bin/wrapper", "#!/usr/bin/../bin/env sh");
  host.Add("/bin/sh", {.needed = {"libc.so"}});
  host.Add("/lib/libc.so", {});
  EXPECT_THAT(
      host.Needs("/bin/script"),
      IsOkAndHolds(ElementsAre("/bin/script", "/usr/bin/env", "/lib/libc.so*",
                               "/usr/bin/wrapper", "/bin/sh")));
}

TEST(ElfNeedsTest, ScriptsOfThemselvesEnd) {
  const FakeHost host;
  host.AddText("/bin/loop", "#!/bin/loop\n");
  EXPECT_THAT(host.Needs("/bin/loop"),
              StatusIs(kInvalid, HasSubstr("script of a script")));
}

TEST(ElfNeedsTest, SaysWhatIsMissing) {
  const FakeHost host;
  host.Add("/bin/dynamic", {.interpreter = "/lib64/ld.so"});
  EXPECT_THAT(host.Needs("/bin/dynamic"),
              StatusIs(kNotFound, AllOf(HasSubstr("/bin/dynamic' needs"),
                                        HasSubstr("/lib64/ld.so'"))));
  host.AddText("/bin/script", "#!/bin/none\n");
  EXPECT_THAT(host.Needs("/bin/script"),
              StatusIs(kNotFound, AllOf(HasSubstr("/bin/script' needs"),
                                        HasSubstr("/bin/none'"))));
  EXPECT_THAT(host.Needs("/bin/none"),
              StatusIs(kNotFound, HasSubstr("/bin/none'")));
}

TEST(ElfNeedsTest, RefusesWhatTheGuestCannotRun) {
  const FakeHost host;
  host.AddText("/bin/text", "hello\n");
  EXPECT_THAT(host.Needs("/bin/text"),
              StatusIs(kInvalid, HasSubstr("/bin/text' is not an ELF file")));
  host.Add("/bin/arm", {.machine = EM_AARCH64});
  EXPECT_THAT(host.Needs("/bin/arm", {.machine = EM_X86_64}),
              StatusIs(kInvalid, HasSubstr("another machine")));
  EXPECT_THAT(host.Needs("/bin"), StatusIs(kInvalid, HasSubstr("a folder")));
}

// The loader itself says what it loads for a program.
TEST(ElfNeedsTest, AgreesWithLdd) {
  if (system("ldd --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "the host has no ldd of glibc";
  }
  for (const std::string program :
       {"/bin/bash", "/usr/bin/python3", "/usr/bin/git", "/usr/bin/g++"}) {
    if (access(program.c_str(), X_OK) != 0) continue;
    const TempDir folder;
    ASSERT_EQ(system(absl::StrCat("LC_ALL=C ldd ", program, " > ",
                                  folder.path(), "/out")
                         .c_str()),
              0);
    const absl::StatusOr<std::string> list = ReadFile(folder.path() + "/out");
    ASSERT_THAT(list, IsOk());
    std::set<std::string> expected = {program};
    for (const absl::string_view word :
         absl::StrSplit(*list, absl::ByAnyChar(" \t\n"))) {
      if (absl::StartsWith(word, "/")) expected.emplace(word);
    }
    const absl::StatusOr<std::vector<NeededFile>> files = ElfNeeds(program, {});
    ASSERT_THAT(files, IsOk());
    std::vector<std::string> found;
    for (const NeededFile& file : *files) found.push_back(file.guest_path);
    EXPECT_THAT(found, UnorderedElementsAreArray(expected));
    EXPECT_GE(found.size(), 3);
  }
}

}  // namespace
}  // namespace ktstr
