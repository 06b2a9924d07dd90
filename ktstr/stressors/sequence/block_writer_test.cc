// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/sequence/block_writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Gt;

TEST(BlockWriterTest, GoesRoundTheFirstBlocksOfAFileWithoutAName) {
  const absl::StatusOr<Fd> file = OpenUnnamedFile();
  ASSERT_THAT(file, IsOk());
  BlockWriter writer(file->get(), /*seed=*/1);
  for (int i = 0; i < 300; ++i) {
    ASSERT_THAT(writer.Write(), Eq(writer.block_bytes()));
  }
  ASSERT_THAT(writer.Flush(), Eq(0));
  struct stat status;
  ASSERT_THAT(fstat(file->get(), &status), Eq(0));
  EXPECT_THAT(status.st_size, Eq(256 * writer.block_bytes()));
  EXPECT_THAT(status.st_nlink, Eq(0));
}

TEST(BlockWriterTest, WritesMoreThanZeroes) {
  const absl::StatusOr<Fd> file = OpenUnnamedFile();
  ASSERT_THAT(file, IsOk());
  BlockWriter writer(file->get(), /*seed=*/1);
  ASSERT_THAT(writer.Write(), Gt(0));
  std::vector<char> block(static_cast<size_t>(writer.block_bytes()));
  ASSERT_THAT(pread(file->get(), block.data(), block.size(), 0),
              Eq(writer.block_bytes()));
  EXPECT_THAT(std::set<char>(block.begin(), block.end()).size(), Gt(200));
}

}  // namespace
}  // namespace ktstr
