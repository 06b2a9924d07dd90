// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/include_files.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

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
#include "ktstr/vm/image/guest_tree.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// A folder of the host, and what of it was included.
class IncludeFilesTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_.path(), "/", name);
  }
  void Write(const std::string& name, const std::string& text,
             mode_t mode) const {
    EXPECT_EQ(chmod(folder_.Write(name, text).c_str(), mode), 0);
  }
  void Link(const std::string& name, const std::string& target) const {
    EXPECT_EQ(symlink(target.c_str(), Path(name).c_str()), 0);
  }
  absl::Status Include(const std::string& text) {
    return IncludeFiles(text, tree_, programs_);
  }

  // "PATH MODE CONTENT" of each entry.
  std::vector<std::string> Included() const {
    const absl::StatusOr<Fd> file = MakeMemoryFile("ktstr-test");
    EXPECT_THAT(tree_.Write(file->get()), IsOk());
    const absl::StatusOr<std::string> archive =
        ReadFile(absl::StrCat("/proc/self/fd/", file->get()));
    std::vector<std::string> contents;
    for (const CpioEntry& entry : ReadCpio(*archive)) {
      contents.push_back(absl::StrCat(entry.path, " ", absl::Hex(entry.mode),
                                      " ", entry.bytes));
    }
    return contents;
  }
  std::vector<std::string> Programs() const {
    std::vector<std::string> texts;
    for (const IncludedProgram& program : programs_) {
      texts.push_back(
          absl::StrCat(program.guest, program.named ? " named" : ""));
    }
    return texts;
  }

  const TempDir folder_;
  GuestTree tree_;
  std::vector<IncludedProgram> programs_;
};

TEST_F(IncludeFilesTest, FileKeepsItsPathAndMode) {
  Write("data", "text", 0640);
  ASSERT_THAT(Include(Path(".//data")), IsOk());
  EXPECT_TRUE(tree_.Contains(Path("data")));
  EXPECT_THAT(Included(), testing::Contains(absl::StrCat(Path("data").substr(1),
                                                         " 81a0 text")));
}

TEST_F(IncludeFilesTest, FileGoesWhereItIsToldTo) {
  Write("data", "text", 0600);
  ASSERT_THAT(Include(Path("data") + ":/a"), IsOk());
  ASSERT_THAT(Include(Path("data") + ":/b/"), IsOk());
  ASSERT_THAT(Include(Path("data") + ":/"), IsOk());
  EXPECT_THAT(Included(), ElementsAre("a 8180 text", "b 41ed ",
                                      "b/data 8180 text", "data 8180 text"));
}

TEST_F(IncludeFilesTest, FolderComesWithAllThatIsInIt) {
  Write("top/sub/one", "1", 0755);
  Write("top/.two", "2", 0600);
  ASSERT_EQ(mkdir(Path("top/empty").c_str(), 0700), 0);
  ASSERT_EQ(chmod(Path("top/sub").c_str(), 0750), 0);
  ASSERT_EQ(chmod(Path("top").c_str(), 0711), 0);
  ASSERT_THAT(Include(Path("top/") + ":/guest/"), IsOk());
  EXPECT_THAT(Included(), ElementsAre("guest 41c9 ", "guest/.two 8180 2",
                                      "guest/empty 41c0 ", "guest/sub 41e8 ",
                                      "guest/sub/one 81ed 1"));
  // No program, in spite of its mode.
  EXPECT_THAT(Programs(), IsEmpty());
}

TEST_F(IncludeFilesTest, LinksWithinAFolderStayAndOthersAreFollowed) {
  Write("top/file", "1", 0600);
  Write("outside", "2", 0640);
  Write("top/sub/x", "3", 0600);
  Link("top/inside", "file");
  Link("top/sub/up", "../sub");
  Link("top/dangling", "none");
  Link("top/out", "../outside");
  Link("top/absolute", Path("top/file"));
  ASSERT_THAT(Include(Path("top") + ":/g"), IsOk());
  ASSERT_EQ(chmod(Path("top").c_str(), 0755), 0);
  EXPECT_THAT(Included(), testing::IsSupersetOf(
                              {"g/inside a1ff file", "g/sub/up a1ff ../sub",
                               "g/dangling a1ff none", "g/out 81a0 2",
                               "g/absolute 8180 1"}));
}

TEST_F(IncludeFilesTest, LinkThatIsNamedIsFollowed) {
  Write("top/file", "1", 0600);
  Link("link", "top");
  ASSERT_THAT(Include(Path("link") + ":/g"), IsOk());
  EXPECT_TRUE(tree_.Contains("/g/file"));
}

TEST_F(IncludeFilesTest, FindsPrograms) {
  Write("top/script", "#!/bin/sh", 0755);
  Write("top/elf",
        "\x7F"
        "ELF...",
        0700);
  Write("top/library",
        "\x7F"
        "ELF...",
        0600);
  Write("top/notes", "#! is a word", 0644);
  Write("top/data", "x", 0755);
  ASSERT_THAT(Include(Path("top") + ":/g"), IsOk());
  ASSERT_THAT(Include(Path("top/elf") + ":/h"), IsOk());
  EXPECT_THAT(Programs(), ElementsAre("/g/elf", "/g/script", "/h named"));
}

TEST_F(IncludeFilesTest, RefusesSpecialFiles) {
  ASSERT_EQ(mkdir(Path("top").c_str(), 0700), 0);
  ASSERT_EQ(mkfifo(Path("top/fifo").c_str(), 0600), 0);
  EXPECT_THAT(Include(Path("top")), StatusIs(kInvalid, HasSubstr("FIFO")));
  EXPECT_THAT(Include(Path("top/fifo")), StatusIs(kInvalid, HasSubstr("FIFO")));
  EXPECT_THAT(Include("/dev/zero:/zero"),
              StatusIs(kInvalid, HasSubstr("is a device")));
}

TEST_F(IncludeFilesTest, RefusesLinksToFoldersOutside) {
  Write("outside/x", "", 0600);
  ASSERT_EQ(mkdir(Path("top").c_str(), 0700), 0);
  Link("top/out", "../outside");
  EXPECT_THAT(Include(Path("top")),
              StatusIs(kInvalid, HasSubstr("link to the folder")));
}

TEST_F(IncludeFilesTest, RefusesBadTexts) {
  for (const char* text : {"", ":", ":/x", "/bin/sh:", "/bin/sh:x"}) {
    EXPECT_THAT(Include(text), StatusIs(kInvalid)) << text;
  }
  EXPECT_THAT(Include("/none/file:/x"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("cannot read '/none/file'")));
}

}  // namespace
}  // namespace ktstr
