// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/image/cpio_reader.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

constexpr size_t kHeaderBytes = 110;

// Takes fixed and padded pieces off an archive.
class Pieces final {
 public:
  explicit Pieces(absl::string_view archive) : archive_(archive) {}

  std::string Take(size_t bytes) {
    EXPECT_LE(bytes, archive_.size() - at_) << "the archive is cut off";
    std::string piece(archive_.substr(at_, bytes));
    at_ += piece.size();
    return piece;
  }

  void SkipPadding() {
    while (at_ % 4 != 0 && at_ < archive_.size()) {
      EXPECT_EQ(archive_[at_++], '\0') << "padding";
    }
  }

 private:
  const absl::string_view archive_;
  size_t at_ = 0;
};

uint32_t Field(absl::string_view header, size_t index) {
  uint32_t value = 0;
  const absl::string_view digits = header.substr(6 + 8 * index, 8);
  EXPECT_TRUE(absl::SimpleHexAtoi(digits, &value)) << digits;
  return value;
}

}  // namespace

std::vector<CpioEntry> ReadCpio(absl::string_view archive) {
  std::vector<CpioEntry> entries;
  Pieces pieces(archive);
  while (true) {
    const std::string header = pieces.Take(kHeaderBytes);
    EXPECT_EQ(header.substr(0, 6), "070701");
    if (testing::Test::HasFailure()) return entries;
    CpioEntry entry = {.path = pieces.Take(Field(header, 11)),
                       .inode = Field(header, 0),
                       .mode = Field(header, 1),
                       .uid = Field(header, 2),
                       .gid = Field(header, 3),
                       .links = Field(header, 4),
                       .mtime = Field(header, 5),
                       .device_major = Field(header, 9),
                       .device_minor = Field(header, 10),
                       .bytes = {}};
    EXPECT_EQ(entry.path.back(), '\0');
    entry.path.pop_back();
    if (entry.path == "TRAILER!!!") return entries;
    pieces.SkipPadding();
    entry.bytes = pieces.Take(Field(header, 6));
    pieces.SkipPadding();
    entries.push_back(entry);
  }
}

CpioEntry FindInCpio(absl::string_view archive, absl::string_view path) {
  for (const CpioEntry& entry : ReadCpio(archive)) {
    if (entry.path == path) return entry;
  }
  ADD_FAILURE() << "the archive has no '" << path << "'";
  return {};
}

}  // namespace ktstr
