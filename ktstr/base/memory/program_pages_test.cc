// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/program_pages.h"

#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/fd.h"

// By the linker: where the program begins and where its code ends, end(3).
extern "C" const char __executable_start;
extern "C" const char etext;

namespace ktstr {
namespace {

using ::testing::Gt;
using ::testing::Lt;

// Pages of this program's code that are mapped now: bit 63 of their entries in
// /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst).
size_t MappedPages() {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<uintptr_t>(&__executable_start) / page;
  const auto end = reinterpret_cast<uintptr_t>(&etext) / page;
  const Fd pagemap = *OpenFile("/proc/self/pagemap", O_RDONLY);
  size_t mapped = 0;
  for (uintptr_t number = begin; number < end; ++number) {
    uint64_t entry = 0;
    const auto offset = static_cast<off_t>(number * sizeof(entry));
    if (pread(pagemap.get(), &entry, sizeof(entry), offset) < 0) return 0;
    mapped += entry >> 63;
  }
  return mapped;
}

TEST(ProgramPagesTest, UnusedCodeIsNoLongerMapped) {
  const size_t before = MappedPages();
  ASSERT_THAT(before, Gt(0));
  DropProgramPages();
  // Back are those that this very test needs.
  EXPECT_THAT(MappedPages(), Lt(before));
}

}  // namespace
}  // namespace ktstr
