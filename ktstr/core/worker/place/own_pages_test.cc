// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/place/own_pages.h"

#include <alloca.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <thread>

#include "absl/base/config.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/file.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/user/user.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

constexpr size_t kPages = 64;

size_t PageSize() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

// Private memory of small pages; lives as long as the process.
char* MakeMemory(size_t pages, int flags = MAP_PRIVATE) {
  void* memory = mmap(nullptr, pages * PageSize(), PROT_READ | PROT_WRITE,
                      flags | MAP_ANONYMOUS, -1, 0);
  madvise(memory, pages * PageSize(), MADV_NOHUGEPAGE);
  return static_cast<char*>(memory);
}

void Touch(char* memory, size_t pages) {
  std::memset(memory, 1, pages * PageSize());
}

uint32_t OnNodes(const PagesRecord& pages) {
  return std::accumulate(std::begin(pages.on_node), std::end(pages.on_node),
                         uint32_t{0});
}

// How many pages on nodes are a child's own after `change`, whatever it had
// before; a few are of its heap and its stack.
int OwnInChild(absl::FunctionRef<void()> change) {
  ZeroFilled<PagesRecord> pages;
  absl::StatusOr<Child> child = Child::Spawn([&] {
    const absl::StatusOr<OwnPages> own = OwnPages::Begin();
    if (!own.ok()) return 1;
    change();
    return own->Count(*pages).ok() ? 0 : 2;
  });
  const absl::StatusOr<ChildEnd> end = child->Reap();
  EXPECT_EQ(end->value, 0) << DescribeEnd(*end);
  EXPECT_TRUE(pages->known);
  EXPECT_GE(pages->sampled, OnNodes(*pages) + pages->absent);
  return static_cast<int>(OnNodes(*pages));
}

constexpr int kFew = 16;

class OwnPagesTest : public testing::Test {
 protected:
  void SetUp() override {
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
    GTEST_SKIP() << "shadow memory is private memory of many TiB";
#endif
    ZeroFilled<PagesRecord> pages;
    const absl::StatusOr<OwnPages> own = OwnPages::Begin();
    const absl::Status status = own.ok() ? own->Count(*pages) : own.status();
    if (!status.ok()) GTEST_SKIP() << status;
  }
};

TEST_F(OwnPagesTest, AreThoseThatWereTouched) {
  EXPECT_THAT(OwnInChild([] { Touch(MakeMemory(kPages), kPages); }),
              testing::AllOf(testing::Ge(int{kPages}),
                             testing::Le(int{kPages} + kFew)));
  EXPECT_LE(OwnInChild([] { MakeMemory(kPages); }), kFew);
}

TEST_F(OwnPagesTest, AreNotTheParents) {
  char* const memory = MakeMemory(kPages);
  Touch(memory, kPages);
  EXPECT_LE(OwnInChild([] {}), kFew);
  EXPECT_LE(OwnInChild([memory] {
              volatile char sum = 0;
              for (size_t i = 0; i < kPages; ++i) sum = memory[i * PageSize()];
              static_cast<void>(sum);
            }),
            kFew);
  // Not even copies of them, which are there for the parent's sake.
  EXPECT_LE(OwnInChild([memory] { Touch(memory, kPages); }), kFew);
  munmap(memory, kPages * PageSize());
}

TEST_F(OwnPagesTest, AreThoseOfSharedMemoryThatNobodyElseTouched) {
  char* const memory = MakeMemory(2 * kPages, MAP_SHARED);
  Touch(memory, kPages);
  EXPECT_LE(OwnInChild([memory] { Touch(memory, kPages); }), kFew);
  EXPECT_THAT(OwnInChild([memory] { Touch(memory, 2 * kPages); }),
              testing::AllOf(testing::Ge(int{kPages}),
                             testing::Le(int{kPages} + kFew)));
  munmap(memory, 2 * kPages * PageSize());
}

TEST_F(OwnPagesTest, AreNotOfFiles) {
  const int file = memfd_create("pages", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(file, static_cast<off_t>(kPages * PageSize())), 0);
  EXPECT_LE(OwnInChild([file] {
              void* const memory =
                  mmap(nullptr, kPages * PageSize(), PROT_READ | PROT_WRITE,
                       MAP_SHARED, file, 0);
              Touch(static_cast<char*>(memory), kPages);
            }),
            kFew);
  close(file);
}

// The pages per node that numa_maps has for the mapping at `memory`.
uint32_t InNumaMaps(const char* memory, int node) {
  const std::string start =
      absl::StrCat(absl::Hex(reinterpret_cast<uintptr_t>(memory)), " ");
  const std::string maps = *ReadFile("/proc/self/numa_maps");
  for (const absl::string_view line : absl::StrSplit(maps, '\n')) {
    if (!absl::StartsWith(line, start)) continue;
    for (absl::string_view word : absl::StrSplit(line, ' ')) {
      uint32_t count = 0;
      if (absl::ConsumePrefix(&word, absl::StrCat("N", node, "=")) &&
          absl::SimpleAtoi(word, &count)) {
        return count;
      }
    }
  }
  return 0;
}

// Memory of which everything looked at is the worker's and on few nodes.
TEST_F(OwnPagesTest, OfMuchMemoryAreASampleOnTheNodesOfNumaMaps) {
  ZeroFilled<PagesRecord> pages;
  constexpr size_t kMany = 8192;
  absl::StatusOr<Child> child = Child::Spawn([&] {
    const absl::StatusOr<OwnPages> own = OwnPages::Begin();
    char* const memory = MakeMemory(kMany);
    Touch(memory, kMany);
    if (!own.ok() || !own->Count(*pages).ok()) return 1;
    for (int node = 0; node < int{PagesRecord::kMaxNodes}; ++node) {
      const bool there = InNumaMaps(memory, node) > kMany / 16;
      if (there && pages->on_node[node] == 0) return 2;
    }
    return 0;
  });
  EXPECT_EQ(child->Reap()->value, 0);
  EXPECT_THAT(pages->sampled,
              testing::AllOf(testing::Ge(128U), testing::Le(256U)));
}

TEST_F(OwnPagesTest, AreOnTheNodeThatTheWorkerIsBoundTo) {
  const absl::StatusOr<MemoryNodes> nodes = GetMemoryNodes();
  if (!nodes.ok() || nodes->with_memory.Count() < 2) {
    GTEST_SKIP() << "needs two nodes with memory";
  }
  for (const uint32_t node : nodes->with_memory.cpus()) {
    const MemoryPolicy bind = {.mode = MemoryMode::kBind,
                               .nodes = NodeSet{node}};
    ZeroFilled<PagesRecord> pages;
    absl::StatusOr<Child> child = Child::Spawn([&] {
      if (!SetMemoryPolicy(bind).ok()) return 1;
      const absl::StatusOr<OwnPages> own = OwnPages::Begin();
      if (!own.ok()) return 2;
      Touch(MakeMemory(kPages), kPages);
      return own->Count(*pages).ok() ? 0 : 3;
    });
    EXPECT_EQ(child->Reap()->value, 0);
    EXPECT_GE(pages->on_node[node], uint32_t{kPages});
    EXPECT_EQ(pages->on_node[node], OnNodes(*pages));
  }
}

TEST_F(OwnPagesTest, OfAThreadAreThoseOfItsStack) {
  char* const heap = MakeMemory(kPages);
  Touch(heap, kPages);
  ZeroFilled<PagesRecord> pages;
  std::thread([&] {
    const absl::StatusOr<OwnPages> own = OwnPages::Begin();
    ASSERT_TRUE(own.ok());
    Touch(static_cast<char*>(alloca(kPages / 2 * PageSize())), kPages / 2);
    EXPECT_TRUE(own->Count(*pages).ok());
  }).join();
  EXPECT_GE(OnNodes(*pages), uint32_t{kPages / 2} - kFew);
  EXPECT_LE(OnNodes(*pages), uint32_t{kPages / 2} + kFew);
  munmap(heap, kPages * PageSize());
}

TEST_F(OwnPagesTest, AreKnownToWhoHasDroppedRoot) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  for (const bool in_thread : {false, true}) {
    absl::StatusOr<Child> child = Child::Spawn([in_thread] {
      ZeroFilled<PagesRecord> pages;
      const auto drop_and_count = [&pages] {
        if (!BecomeUser({.uid = 4321, .gid = 4321}, getppid()).ok()) return;
        const absl::StatusOr<OwnPages> own = OwnPages::Begin();
        if (own.ok()) own->Count(*pages).IgnoreError();
      };
      if (in_thread) {
        std::thread(drop_and_count).join();
      } else {
        drop_and_count();
      }
      return pages->known && pages->home_node >= 0 ? 0 : 1;
    });
    EXPECT_EQ(child->Reap()->value, 0) << in_thread;
  }
}

}  // namespace
}  // namespace ktstr
