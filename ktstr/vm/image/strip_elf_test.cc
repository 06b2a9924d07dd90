// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/strip_elf.h"

#include <elf.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/image/fake_elf.h"

namespace ktstr {
namespace {

std::string Sample() {
  return MakeFakeElf({.needed = {"liba.so"}, .after_segments = "symbols"});
}

TEST(StripElfTest, CutsOffWhatIsNeverLoaded) {
  const std::string bytes = Sample();
  const absl::StatusOr<std::string> stripped = StripElf(bytes);
  ASSERT_THAT(stripped, IsOk());
  EXPECT_EQ(stripped->size(), bytes.size() - (sizeof("symbols") - 1));
  Elf64_Ehdr header;
  std::memcpy(&header, stripped->data(), sizeof(header));
  EXPECT_EQ(header.e_shoff, 0);
  EXPECT_EQ(header.e_shnum, 0);
  EXPECT_EQ(stripped->substr(sizeof(header)),
            bytes.substr(sizeof(header), stripped->size() - sizeof(header)));
}

TEST(StripElfTest, ChangesNothingTheSecondTime) {
  const absl::StatusOr<std::string> once = StripElf(Sample());
  ASSERT_THAT(once, IsOk());
  EXPECT_THAT(StripElf(*once), IsOkAndHolds(*once));
}

// This test is the program.
TEST(StripElfTest, StrippedProgramRuns) {
  const absl::StatusOr<std::string> bytes = ReadFile("/proc/self/exe");
  ASSERT_THAT(bytes, IsOk());
  const absl::StatusOr<std::string> stripped = StripElf(*bytes);
  ASSERT_THAT(stripped, IsOk());
  EXPECT_LT(stripped->size(), bytes->size());
  const TempDir folder;
  const std::string program = folder.Write("program", *stripped);
  ASSERT_EQ(chmod(program.c_str(), 0700), 0);
  EXPECT_EQ(
      system(absl::StrCat(program, " --gtest_list_tests >/dev/null").c_str()),
      0);
}

TEST(StripElfTest, RefusesWhatIsNoProgram) {
  EXPECT_THAT(StripElf("#!/bin/sh"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace ktstr
