// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/elf_file.h"

#include <elf.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/image/fake_elf.h"
#include "ktstr/vm/image/host_file.h"
#include "ktstr/vm/image/strip_elf.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string SampleElf() {
  return MakeFakeElf({.interpreter = "/lib64/ld.so",
                      .soname = "libsample.so.1",
                      .needed = {"liba.so", "libb.so.2"},
                      .rpath = "/r",
                      .runpath = "$ORIGIN/../lib:/opt/lib",
                      .after_segments = "symbols"});
}

TEST(ElfFileTest, ReadsWhatTheLoaderWants) {
  const std::string bytes = SampleElf();
  const absl::StatusOr<ElfFile> elf = ParseElf(bytes);
  ASSERT_THAT(elf, IsOk());
  EXPECT_EQ(elf->machine, EM_X86_64);
  EXPECT_EQ(elf->interpreter, "/lib64/ld.so");
  EXPECT_EQ(elf->soname, "libsample.so.1");
  EXPECT_THAT(elf->needed, ElementsAre("liba.so", "libb.so.2"));
  EXPECT_EQ(elf->rpath, "/r");
  EXPECT_EQ(elf->runpath, "$ORIGIN/../lib:/opt/lib");
  EXPECT_EQ(elf->segments_end, bytes.size() - 7);
}

TEST(ElfFileTest, ReadsARealProgram) {
  const absl::StatusOr<std::string> bytes = ReadHostFile("/bin/sh");
  ASSERT_THAT(bytes, IsOk());
  const absl::StatusOr<ElfFile> elf = ParseElf(*bytes);
  ASSERT_THAT(elf, IsOk());
  if (elf->interpreter.empty()) GTEST_SKIP() << "/bin/sh is static";
  EXPECT_THAT(elf->interpreter, HasSubstr("/ld-"));
  EXPECT_THAT(elf->needed, testing::Contains(HasSubstr("libc")));
}

TEST(ElfFileTest, SaysWhatIsWrong) {
  const struct {
    size_t offset;
    char value;
    const char* message;
  } cases[] = {
      {0, 'X', "is not an ELF file"},
      {EI_CLASS, ELFCLASS32, "is a 32-bit ELF file"},
      {EI_CLASS, 9, "its class is unknown"},
      {EI_DATA, ELFDATA2MSB, "is not a little-endian ELF file"},
      {offsetof(Elf64_Ehdr, e_type), ET_REL, "neither a program nor a library"},
      {offsetof(Elf64_Ehdr, e_phnum), 0, "no usable program headers"},
      {offsetof(Elf64_Ehdr, e_phentsize), 1, "no usable program headers"},
      {offsetof(Elf64_Ehdr, e_phoff) + 7, '\x7F', "table of segments"},
      {sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_offset) + 7, '\xFF',
       "a segment lies beyond its end"},
      {sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_filesz) + 7, '\xFF',
       "a segment lies beyond its end"},
      {sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_vaddr) + 4, 1,
       "its table of strings is not in it"},
      {sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr), 'x', "its interpreter"},
  };
  for (const auto& test : cases) {
    std::string bytes = SampleElf();
    bytes[test.offset] = test.value;
    EXPECT_THAT(ParseElf(bytes), StatusIs(absl::StatusCode::kInvalidArgument,
                                          HasSubstr(test.message)));
  }
}

TEST(ElfFileTest, RefusesOtherFiles) {
  for (const absl::string_view bytes : {"", "\x7F",
                                        "\x7F"
                                        "ELF",
                                        "#!/bin/sh"}) {
    EXPECT_THAT(ParseElf(bytes), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

// However short, it is refused, until only what is never loaded is missing.
TEST(ElfFileTest, RefusesEveryTruncation) {
  const std::string bytes = SampleElf();
  const size_t needed = bytes.size() - sizeof("symbols") + 1;
  for (size_t size = 0; size < needed; ++size) {
    // A buffer of its own, so that a read beyond it is seen.
    const std::string cut(bytes.data(), size);
    EXPECT_THAT(ParseElf(cut), StatusIs(absl::StatusCode::kInvalidArgument))
        << size;
  }
  EXPECT_THAT(ParseElf(bytes.substr(0, needed)), IsOk());
}

// Every byte with every other value: never read out of bounds (which the
// sanitizer sees), never anything but an answer or InvalidArgument.
TEST(ElfFileTest, SurvivesEveryChangedByte) {
  const std::string bytes = SampleElf();
  size_t refused = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int change = 1; change < 256; ++change) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ change);
      const absl::StatusOr<ElfFile> elf = ParseElf(changed);
      if (elf.ok()) {
        ASSERT_LE(elf->segments_end, changed.size());
        ASSERT_THAT(StripElf(changed), IsOk());
        continue;
      }
      ++refused;
      ASSERT_THAT(elf, StatusIs(absl::StatusCode::kInvalidArgument));
    }
  }
  EXPECT_GT(refused, 10000);
}

}  // namespace
}  // namespace ktstr
