// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/byte_size.h"

#include <cstdint>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

TEST(ByteSizeTest, ReadsAndWritesTheSame) {
  const struct {
    const char* text;
    int64_t bytes;
  } kSizes[] = {{"0", 0},
                {"1", 1},
                {"1023", 1023},
                {"1K", 1024},
                {"1025", 1025},
                {"32K", 32 << 10},
                {"4M", 4 << 20},
                {"5G", int64_t{5} << 30},
                {"1025K", 1025 << 10}};
  for (const auto& [text, bytes] : kSizes) {
    ByteSize size;
    std::string error;
    ASSERT_TRUE(AbslParseFlag(text, &size, &error)) << text << ": " << error;
    EXPECT_EQ(size.bytes, bytes) << text;
    EXPECT_EQ(AbslUnparseFlag(size), text);
  }
}

TEST(ByteSizeTest, WritesTheLargestSuffix) {
  EXPECT_EQ(AbslUnparseFlag({1 << 20}), "1M");
  EXPECT_EQ(AbslUnparseFlag({int64_t{1} << 40}), "1024G");
}

TEST(ByteSizeTest, RefusesWhatIsNoSize) {
  for (const char* text :
       {"", "K", "-1", "1k", "1KB", "1.5M", "0x10", "1 K",
        "9223372036854775808", "9007199254740992K", "8589934592G"}) {
    ByteSize size;
    std::string error;
    EXPECT_FALSE(AbslParseFlag(text, &size, &error)) << text;
    EXPECT_THAT(error, Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace ktstr
