// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/file.h"

#include <errno.h>

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ReadFileTest, ReadsEverything) {
  const TempDir dir;
  const std::string content(100'000, 'x');
  EXPECT_THAT(ReadFile(dir.Write("big", content)), IsOkAndHolds(content));
  EXPECT_THAT(ReadFile(dir.Write("empty", "")), IsOkAndHolds(""));
}

TEST(ReadFileTest, DoesNotBelieveSizesOfProc) {
  EXPECT_THAT(ReadFile("/proc/self/status"), IsOkAndHolds(StartsWith("Name:")));
}

TEST(ReadFileTest, ErrorsNameThePath) {
  EXPECT_THAT(ReadFile("/nowhere/file"), StatusIs(absl::StatusCode::kNotFound,
                                                  HasSubstr("/nowhere/file")));
  EXPECT_EQ(ErrnoOf(ReadFile("/proc").status()), EISDIR);
}

TEST(ReadFileTrimmedTest, StripsWhiteSpaceAtTheEndOnly) {
  const TempDir dir;
  EXPECT_THAT(ReadFileTrimmed(dir.Write("file", " a b \t\n\n")),
              IsOkAndHolds(" a b"));
}

}  // namespace
}  // namespace ktstr
