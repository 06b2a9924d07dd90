// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stats/ring.h"

#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;

Ring::Entry EntryNumber(uint32_t i) {
  return {.at_ns = int64_t{i} * 1'000'000'007, .from = i, .to = i + 1};
}

// The entries from `first` to `last` - 1.
std::vector<Ring::Entry> EntryNumbers(uint32_t first, uint32_t last) {
  std::vector<Ring::Entry> entries;
  for (uint32_t i = first; i < last; ++i) entries.push_back(EntryNumber(i));
  return entries;
}

TEST(RingTest, ZeroFilledMemoryIsEmpty) {
  ZeroFilled<Ring> ring;
  EXPECT_THAT(ring->Entries(), IsEmpty());
  EXPECT_THAT(ring->added(), Eq(0));
}

TEST(RingTest, KeepsTheLastSixtyFourInOrder) {
  ZeroFilled<Ring> ring;
  for (uint32_t i = 0; i < 300; ++i) {
    ring->Add(EntryNumber(i));
    const uint32_t added = i + 1;
    EXPECT_THAT(ring->added(), Eq(added));
    EXPECT_THAT(ring->Entries(),
                Eq(EntryNumbers(added > 64 ? added - 64 : 0, added)));
  }
}

TEST(RingTest, KeepsNegativeTimesAndGreatCpuNumbers) {
  ZeroFilled<Ring> ring;
  const Ring::Entry entry = {.at_ns = -5, .from = 0xffffffff, .to = 0x80000000};
  ring->Add(entry);
  EXPECT_THAT(ring->Entries(), ::testing::ElementsAre(entry));
}

}  // namespace
}  // namespace ktstr
