// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/guest_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/image/cpio_reader.h"
#include "ktstr/vm/image/fake_elf.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string Written(const GuestTree& tree) {
  const absl::StatusOr<Fd> file = MakeMemoryFile("ktstr-test");
  EXPECT_THAT(file, IsOk());
  EXPECT_THAT(tree.Write(file->get()), IsOk());
  return *ReadFile(absl::StrCat("/proc/self/fd/", file->get()));
}

// "PATH MODE CONTENT" of each entry.
std::vector<std::string> Contents(const GuestTree& tree) {
  std::vector<std::string> contents;
  for (const CpioEntry& entry : ReadCpio(Written(tree))) {
    contents.push_back(
        absl::StrCat(entry.path, " ", absl::Hex(entry.mode), " ", entry.bytes));
  }
  return contents;
}

TEST(GuestTreeTest, WritesWhatItHolds) {
  const TempDir folder;
  const std::string file = folder.Write("file", "host");
  ASSERT_EQ(chmod(file.c_str(), 0751), 0);
  GuestTree tree;
  ASSERT_THAT(tree.AddText("/z/text", "text", 0644), IsOk());
  ASSERT_THAT(tree.AddHostFile("/a/file", file), IsOk());
  ASSERT_THAT(tree.AddFolder("/a", 01777), IsOk());
  ASSERT_THAT(tree.AddFolder("/", 0700), IsOk());
  ASSERT_THAT(tree.AddLink("/b", "a/file"), IsOk());
  ASSERT_THAT(tree.AddCharDevice("/c", 0600, 5, 1), IsOk());
  EXPECT_TRUE(tree.Contains("/a/file"));
  EXPECT_FALSE(tree.Contains("/a/other"));
  EXPECT_THAT(Contents(tree),
              ElementsAre("a 43ff ", "a/file 81e9 host", "b a1ff a/file",
                          "c 2180 ", "z 41ed ", "z/text 81a4 text"));
}

TEST(GuestTreeTest, TakesTheSameTwiceAndNothingElse) {
  const TempDir folder;
  const std::string file = folder.Write("file", "host");
  const std::string link = folder.path() + "/link";
  ASSERT_EQ(symlink("file", link.c_str()), 0);
  const std::string other = folder.Write("other", "host");
  GuestTree tree;
  ASSERT_THAT(tree.AddHostFile("/x", file), IsOk());
  EXPECT_THAT(tree.AddHostFile("/x", file), IsOk());
  EXPECT_THAT(tree.AddHostFile("/x", link), IsOk());
  EXPECT_THAT(tree.AddHostFile("/x", other),
              StatusIs(kInvalid, AllOf(HasSubstr(file), HasSubstr(other))));
  EXPECT_THAT(tree.AddText("/x", "host", 0600), StatusIs(kInvalid));
  EXPECT_THAT(tree.AddFolder("/x", 0700), StatusIs(kInvalid));
  ASSERT_THAT(tree.AddFolder("/y", 0700), IsOk());
  EXPECT_THAT(tree.AddFolder("/y", 0755), IsOk());
  EXPECT_THAT(Contents(tree), ElementsAre("x 8180 host", "y 41c0 "));
}

TEST(GuestTreeTest, FollowsItsLinks) {
  GuestTree tree;
  ASSERT_THAT(tree.AddLink("/opt/lib64", "sub/../lib"), IsOk());
  ASSERT_THAT(tree.AddLink("/abs", "/opt/lib64"), IsOk());
  ASSERT_THAT(tree.AddText("/abs/x", "1", 0600), IsOk());
  ASSERT_THAT(tree.AddText("/opt/lib64/y", "2", 0600), IsOk());
  EXPECT_TRUE(tree.Contains("/opt/lib/x"));
  EXPECT_TRUE(tree.Contains("/abs/y"));
  EXPECT_THAT(Contents(tree),
              ElementsAre("abs a1ff /opt/lib64", "opt 41ed ", "opt/lib 41ed ",
                          "opt/lib/x 8180 1", "opt/lib/y 8180 2",
                          "opt/lib64 a1ff sub/../lib"));
}

TEST(GuestTreeTest, LinksThatGoRoundEnd) {
  GuestTree tree;
  ASSERT_THAT(tree.AddLink("/a", "b"), IsOk());
  ASSERT_THAT(tree.AddLink("/b", "a"), IsOk());
  EXPECT_FALSE(tree.Contains("/a/x"));
}

TEST(GuestTreeTest, RefusesWhatTheGuestWouldNotSee) {
  GuestTree tree;
  for (const char* path : {"/proc/x", "/sys/a/b", "/dev/shm/x", "/dev"}) {
    EXPECT_THAT(tree.AddHostFile(path, "/proc/self/exe"), StatusIs(kInvalid));
  }
  EXPECT_THAT(tree.AddHostFile("/device", "/proc/self/exe"), IsOk());
  EXPECT_THAT(tree.AddHostFile("/x", "/dev/zero"),
              StatusIs(kInvalid, HasSubstr("is a device")));
  EXPECT_THAT(tree.AddHostFile("/x", "/none/file"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none/file")));
}

TEST(GuestTreeTest, StripsOnlyWhatItIsToldTo) {
  const TempDir folder;
  const std::string file =
      folder.Write("file", MakeFakeElf({.after_segments = "symbols"}));
  GuestTree tree;
  ASSERT_THAT(tree.AddStripped("/stripped", file), IsOk());
  ASSERT_THAT(tree.AddHostFile("/whole", file), IsOk());
  const std::string archive = Written(tree);
  EXPECT_EQ(FindInCpio(archive, "whole").bytes, *ReadFile(file));
  const CpioEntry stripped = FindInCpio(archive, "stripped");
  EXPECT_THAT(stripped.bytes, Not(HasSubstr("symbols")));
  EXPECT_EQ(stripped.mode, S_IFREG | 0755);
}

TEST(GuestTreeTest, FileThatIsGoneWhenItIsWrittenIsAnError) {
  const TempDir folder;
  const std::string file = folder.Write("file", "host");
  GuestTree tree;
  ASSERT_THAT(tree.AddHostFile("/x", file), IsOk());
  ASSERT_EQ(unlink(file.c_str()), 0);
  const absl::StatusOr<Fd> archive = MakeMemoryFile("ktstr-test");
  ASSERT_THAT(archive, IsOk());
  EXPECT_THAT(tree.Write(archive->get()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(file)));
}

}  // namespace
}  // namespace ktstr
