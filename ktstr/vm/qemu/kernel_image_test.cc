// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/qemu/kernel_image.h"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

// The start of a bzImage of boot protocol 2.15 with its version at 0x300.
std::string BzImage(absl::string_view version) {
  std::string image(0x400, '\0');
  image.replace(0, 2, "MZ");
  image.replace(0x1fe, 2, "\x55\xaa");
  image.replace(0x202, 4, "HdrS");
  image.replace(0x206, 2, "\x0f\x02");
  image.replace(0x20e, 2, std::string("\x00\x01", 2));
  image[0x211] = 1;
  image[0x236] = 1;
  image.replace(0x300, version.size(), std::string(version));
  return image;
}

std::string Elf(uint16_t type, uint16_t machine, absl::string_view content) {
  Elf64_Ehdr header = {};
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_type = type;
  header.e_machine = machine;
  return absl::StrCat(
      absl::string_view(reinterpret_cast<const char*>(&header), sizeof(header)),
      content);
}

std::string With(std::string bytes, size_t offset, char byte) {
  bytes[offset] = byte;
  return bytes;
}

TEST(KernelImageTest, ReadsTheReleaseOfABzImage) {
  const TempDir dir;
  const std::string path =
      dir.Write("vmlinuz", BzImage("6.12.117+deb12-amd64 (me@here) #1 SMP"));
  EXPECT_THAT(InspectKernel(path),
              IsOkAndHolds(
                  AllOf(Field(&KernelImage::path, path),
                        Field(&KernelImage::kind, KernelImage::Kind::kBzImage),
                        Field(&KernelImage::release, "6.12.117+deb12-amd64"))));
}

TEST(KernelImageTest, TakesABzImageThatHidesItsRelease) {
  const TempDir dir;
  const std::string no_version = With(With(BzImage(""), 0x20e, 0), 0x20f, 0);
  const std::string far_version = With(BzImage(""), 0x20f, '\xff');
  for (const std::string& bytes : {no_version, far_version}) {
    EXPECT_THAT(InspectKernel(dir.Write("vmlinuz", bytes)),
                IsOkAndHolds(Field(&KernelImage::release, "")));
  }
}

TEST(KernelImageTest, ReadsTheReleaseOfAVmlinux) {
  const TempDir dir;
  const std::string path =
      dir.Write("vmlinux",
                Elf(ET_EXEC, EM_X86_64,
                    absl::StrCat(std::string(100000, 'x'), "Linux version %s (",
                                 "Linux version 6.9.1-x (me@here) #1")));
  EXPECT_THAT(
      InspectKernel(path),
      IsOkAndHolds(AllOf(Field(&KernelImage::kind, KernelImage::Kind::kVmlinux),
                         Field(&KernelImage::release, "6.9.1-x"))));
}

struct NoKernel {
  std::string bytes;
  const char* what;
};

std::vector<NoKernel> NoKernels() {
  return {
      {"", "an empty file"},
      {"just a note\n", "a text file"},
      {"#!/bin/sh\n", "a script"},
      {std::string(0x1000, '\xee'), "a file of another kind"},
      {BzImage("6.1").substr(0, 0x237), "an EFI program"},
      {With(BzImage("6.1"), 0x236, 0), "a 32-bit one"},
      {With(BzImage("6.1"), 0x206, 0x0b), "a 32-bit one"},
      {With(BzImage("6.1"), 0x211, 0), "a zImage"},
      {With(BzImage("6.1"), 0x205, 's'), "an EFI program"},
      {absl::StrCat("MZ", std::string(0x36, '\0'), "ARM\x64"),
       "an arm64 kernel"},
      {std::string("MZ\0\0zimg", 8), "a compressed kernel of another"},
      {"\x1f\x8b\x08", "a gzip file"},
      {"\x28\xb5\x2f\xfd", "a zstd file"},
      {"\xfd"
       "7zXZ",
       "an xz file"},
      {"070701000", "a cpio archive"},
      {"!<arch>\ndebian-binary", "tools/get_kernel"},
      {"\177ELF", "a cut ELF file"},
      {Elf(ET_EXEC, EM_AARCH64, "Linux version 6.1"), "of another architectur"},
      {Elf(ET_REL, EM_X86_64, "Linux version 6.1"), "a kernel module"},
      {Elf(ET_DYN, EM_X86_64, "Linux version %s"), "another ELF program"},
      {Elf(ET_EXEC, EM_X86_64, "Linux version "), "another ELF program"},
  };
}

TEST(KernelImageTest, NamesWhatIsNoKernel) {
  const TempDir dir;
  for (const NoKernel& no_kernel : NoKernels()) {
    SCOPED_TRACE(no_kernel.what);
    const std::string path = dir.Write("vmlinuz", no_kernel.bytes);
    EXPECT_THAT(
        InspectKernel(path),
        StatusIs(kInvalid, AllOf(StartsWith(path + " is no x86-64 kernel but "),
                                 HasSubstr(no_kernel.what))));
  }
}

TEST(KernelImageTest, OpensNoFoldersAndPipes) {
  const TempDir dir;
  EXPECT_THAT(InspectKernel(dir.path()),
              StatusIs(kInvalid, HasSubstr("a folder")));
  const std::string pipe = dir.path() + "/pipe";
  ASSERT_THAT(mkfifo(pipe.c_str(), 0600), Eq(0));
  EXPECT_THAT(InspectKernel(pipe),
              StatusIs(kInvalid, HasSubstr("no regular file")));
}

TEST(KernelImageTest, SaysWhatCannotBeRead) {
  const TempDir dir;
  EXPECT_THAT(InspectKernel(dir.path() + "/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none")));
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string path = dir.Write("vmlinuz", BzImage("6.1"));
  ASSERT_THAT(chmod(path.c_str(), 0), Eq(0));
  EXPECT_THAT(InspectKernel(path),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST(FindKernelTest, TakesTheHighestReleaseOfBoot) {
  const TempDir dir;
  dir.Write("boot/vmlinuz-a", BzImage("6.9.5"));
  const std::string best = dir.Write("boot/vmlinuz-b", BzImage("6.12.1-x"));
  dir.Write("boot/vmlinuz-c", BzImage("6.12-rc1"));
  dir.Write("boot/vmlinuz-d", "no kernel");
  dir.Write("boot/other", BzImage("9.9"));
  dir.Write("cache/kernels/x/bzImage", BzImage("7.0"));
  EXPECT_THAT(FindKernel(dir.path() + "/boot", dir.path() + "/cache"),
              IsOkAndHolds(AllOf(Field(&KernelImage::path, best),
                                 Field(&KernelImage::release, "6.12.1-x"))));
}

TEST(FindKernelTest, FallsBackToTheCache) {
  const TempDir dir;
  dir.Write("cache/kernels/6.1/bzImage", BzImage("6.1"));
  const std::string best =
      dir.Write("cache/kernels/z/bzImage", BzImage("6.10"));
  dir.Write("cache/kernels/.unfinished/bzImage", BzImage("7.0"));
  dir.Write("cache/kernels/empty/config", "");
  EXPECT_THAT(FindKernel(dir.path() + "/boot", dir.path() + "/cache"),
              IsOkAndHolds(Field(&KernelImage::path, best)));
}

TEST(FindKernelTest, SaysWhereItLooked) {
  const TempDir dir;
  const std::string bad = dir.Write("boot/vmlinuz-6.1", "text");
  const std::string boot = dir.path() + "/boot";
  EXPECT_THAT(FindKernel(boot, "/nowhere"),
              StatusIs(absl::StatusCode::kNotFound,
                       Eq(absl::StrCat(
                           "no kernel found in ", boot,
                           "/vmlinuz-* or /nowhere/kernels/*/bzImage (", bad,
                           " is no x86-64 kernel but a text file); "
                           "tools/get_kernel fetches one"))));
}

TEST(CompareReleasesTest, OrdersAsPeopleDo) {
  const std::vector<absl::string_view> ascending = {
      "",
      "5.15",
      "6.9",
      "6.9.10",
      "6.12-rc1",
      "6.12-rc10",
      "6.12",
      "6.12.0+deb12",
      "6.12.0-x",
      "6.12.1",
      "6.12.117+deb12-cloud-amd64",
      "6.12.117-sched_ext",
      "10.0"};
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      SCOPED_TRACE(absl::StrCat(ascending[i], " and ", ascending[j]));
      const int sign = i < j ? -1 : i > j ? 1 : 0;
      EXPECT_THAT(CompareReleases(ascending[i], ascending[j]), Eq(sign));
    }
  }
  EXPECT_THAT(CompareReleases("6.012", "6.12"), Eq(0));
}

}  // namespace
}  // namespace ktstr
