// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/page_locality.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/base/mapping.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

constexpr size_t kPages = 64;
constexpr size_t kMany = 1 << 20;

size_t PageSize() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

// kPages pages, of which the first `touched` are there.
Mapping MakeMemory(size_t touched) {
  absl::StatusOr<Mapping> memory = Mapping::CreateShared(kPages * PageSize());
  std::memset(memory->data(), 1, touched * PageSize());
  return *std::move(memory);
}

const char* Page(const Mapping& memory, size_t page) {
  return static_cast<const char*>(memory.data()) + page * PageSize();
}

uint64_t PagesOn(const PageLocality& locality) {
  uint64_t pages = 0;
  for (const auto& [unused, count] : locality.on_node) pages += count;
  return pages;
}

PageLocality Count(const std::vector<AddressRange>& ranges, size_t max_pages) {
  const absl::StatusOr<PageLocality> locality = CountPages(ranges, max_pages);
  EXPECT_THAT(locality, IsOk());
  return locality.value_or(PageLocality());
}

TEST(PageLocalityTest, CountsPagesThatAreThereAndThoseThatAreNot) {
  const Mapping memory = MakeMemory(/*touched=*/40);
  const PageLocality locality = Count({{memory.data(), memory.size()}}, kMany);
  EXPECT_EQ(locality.pages, kPages);
  EXPECT_EQ(locality.sampled, kPages);
  EXPECT_EQ(PagesOn(locality), 40U);
  EXPECT_EQ(locality.absent, kPages - 40);
  EXPECT_EQ(locality.failed, 0U);
  EXPECT_GT(locality.cost_ns, 0);
}

// The fields "N<node>=<pages>" of the mapping at `address` in numa_maps.
std::map<int, uint64_t> NodesInProc(const void* address) {
  const std::string maps = *ReadFile("/proc/self/numa_maps");
  const std::string start =
      absl::StrCat(absl::Hex(reinterpret_cast<uintptr_t>(address)), " ");
  std::map<int, uint64_t> nodes;
  for (const absl::string_view line : absl::StrSplit(maps, '\n')) {
    if (!absl::StartsWith(line, start)) continue;
    for (absl::string_view word : absl::StrSplit(line, ' ')) {
      if (!absl::ConsumePrefix(&word, "N")) continue;
      const std::vector<absl::string_view> parts = absl::StrSplit(word, '=');
      int node = -1;
      EXPECT_TRUE(absl::SimpleAtoi(parts[0], &node));
      EXPECT_TRUE(absl::SimpleAtoi(parts[1], &nodes[node]));
    }
  }
  return nodes;
}

TEST(PageLocalityTest, FindsTheNodesThatNumaMapsNames) {
  const Mapping memory = MakeMemory(/*touched=*/17);
  const PageLocality locality = Count({{memory.data(), memory.size()}}, kMany);
  EXPECT_EQ(locality.on_node, NodesInProc(memory.data()));
}

TEST(PageLocalityTest, SamplesEvenlyOverAllRanges) {
  const Mapping there = MakeMemory(/*touched=*/kPages);
  const Mapping absent = MakeMemory(/*touched=*/0);
  const std::vector<AddressRange> ranges = {{there.data(), there.size()},
                                            {absent.data(), absent.size()}};
  for (const size_t max_pages : {2, 4, 16, 128}) {
    const PageLocality locality = Count(ranges, max_pages);
    EXPECT_EQ(locality.pages, 2 * kPages);
    EXPECT_EQ(locality.sampled, max_pages);
    EXPECT_EQ(PagesOn(locality), max_pages / 2);
    EXPECT_EQ(locality.absent, max_pages / 2);
  }
}

TEST(PageLocalityTest, AsksForNoMorePagesThanItMay) {
  const Mapping memory = MakeMemory(/*touched=*/kPages);
  for (size_t max_pages = 1; max_pages <= kPages + 1; ++max_pages) {
    const PageLocality locality =
        Count({{memory.data(), memory.size()}}, max_pages);
    EXPECT_LE(locality.sampled, max_pages);
    EXPECT_GE(2 * locality.sampled, std::min(max_pages, kPages));
    EXPECT_EQ(PagesOn(locality), locality.sampled);
  }
}

TEST(PageLocalityTest, CountsEveryPageThatARangeTouches) {
  const Mapping memory = MakeMemory(/*touched=*/kPages);
  const size_t size = PageSize();
  EXPECT_EQ(Count({{Page(memory, 1), 1}}, kMany).pages, 1U);
  EXPECT_EQ(Count({{Page(memory, 1) - 1, 2}}, kMany).pages, 2U);
  EXPECT_EQ(Count({{Page(memory, 1) - 1, size + 2}}, kMany).pages, 3U);
  EXPECT_EQ(Count({{Page(memory, 1), size}}, kMany).pages, 1U);
}

TEST(PageLocalityTest, CountsNothingInNothing) {
  const Mapping memory = MakeMemory(/*touched=*/1);
  for (const std::vector<AddressRange>& ranges :
       {std::vector<AddressRange>(),
        std::vector<AddressRange>{{memory.data(), 0}}}) {
    const PageLocality locality = Count(ranges, kMany);
    EXPECT_EQ(locality.sampled, 0U);
    EXPECT_EQ(locality.ShareOn(0), 1);
  }
}

TEST(PageLocalityTest, PagesThatAreNotMappedAreAbsent) {
  const void* gone;
  {
    const Mapping memory = MakeMemory(/*touched=*/kPages);
    gone = memory.data();
  }
  // No allocation in between takes the place: it is large.
  EXPECT_EQ(Count({{gone, kPages * PageSize()}}, kMany).absent, kPages);
}

TEST(PageLocalityTest, ShareIsOfPagesThatAreThere) {
  PageLocality locality;
  locality.on_node = {{0, 3}, {2, 1}};
  locality.absent = 100;
  EXPECT_EQ(locality.ShareOn(0), 0.75);
  EXPECT_EQ(locality.ShareOn(1), 0);
  EXPECT_EQ(locality.ShareOn(2), 0.25);
}

}  // namespace
}  // namespace ktstr
