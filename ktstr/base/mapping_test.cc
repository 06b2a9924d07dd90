// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/mapping.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <limits>
#include <new>
#include <utility>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

bool IsMapped(void* page) { return msync(page, 1, MS_ASYNC) == 0; }

TEST(MappingTest, IsZeroedAndWholePages) {
  const absl::StatusOr<Mapping> mapping = Mapping::CreateShared(5000);
  ASSERT_THAT(mapping, IsOk());
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  EXPECT_EQ(mapping->size() % page, 0u);
  EXPECT_GE(mapping->size(), 5000u);
  EXPECT_LT(mapping->size(), 5000u + page);
  const char* bytes = static_cast<const char*>(mapping->data());
  EXPECT_TRUE(std::all_of(bytes, bytes + mapping->size(),
                          [](char byte) { return byte == 0; }));
}

TEST(MappingTest, IsSharedWithChildren) {
  const absl::StatusOr<Mapping> mapping = Mapping::CreateShared(1);
  ASSERT_THAT(mapping, IsOk());
  auto* word = new (mapping->data()) std::atomic<int>(1);
  absl::StatusOr<Child> child = Child::Spawn([word] {
    word->store(2);
    return 0;
  });
  ASSERT_THAT(child, IsOk());
  ASSERT_THAT(child->Reap(), IsOk());
  EXPECT_EQ(word->load(), 2);
}

TEST(MappingTest, PrivatePagesFaultAndAreZeroAgainAfterADrop) {
  constexpr int kPages = 100;
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const absl::StatusOr<Mapping> mapping = Mapping::CreatePrivate(kPages * page);
  ASSERT_THAT(mapping, IsOk());
  char* const bytes = static_cast<char*>(mapping->data());
  for (int round = 0; round < 3; ++round) {
    struct rusage before, after;
    getrusage(RUSAGE_THREAD, &before);
    for (size_t i = 0; i < kPages; ++i) {
      EXPECT_EQ(std::exchange(bytes[i * page], 1), 0);
    }
    getrusage(RUSAGE_THREAD, &after);
    EXPECT_GE(after.ru_minflt - before.ru_minflt, kPages);
    ASSERT_THAT(mapping->DropPages(), IsOk());
  }
}

TEST(MappingTest, UnmapsWhenDestroyed) {
  void* data;
  {
    const absl::StatusOr<Mapping> mapping = Mapping::CreateShared(1);
    ASSERT_THAT(mapping, IsOk());
    data = mapping->data();
    EXPECT_TRUE(IsMapped(data));
  }
  EXPECT_FALSE(IsMapped(data));
}

TEST(MappingTest, MovesOwnership) {
  absl::StatusOr<Mapping> first = Mapping::CreateShared(1);
  absl::StatusOr<Mapping> second = Mapping::CreateShared(1);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  void* const old = first->data();
  void* const kept = second->data();
  *first = *std::move(second);
  EXPECT_FALSE(IsMapped(old));
  EXPECT_EQ(first->data(), kept);
  EXPECT_TRUE(IsMapped(kept));
  EXPECT_EQ(second->data(), nullptr);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second->size(), 0u);
}

TEST(MappingTest, RefusesNothingAndTooMuch) {
  EXPECT_EQ(ErrnoOf(Mapping::CreateShared(0).status()), EINVAL);
  EXPECT_EQ(
      ErrnoOf(
          Mapping::CreateShared(std::numeric_limits<size_t>::max()).status()),
      ENOMEM);
  EXPECT_EQ(ErrnoOf(Mapping::CreateShared(size_t{1} << 60).status()), ENOMEM);
}

}  // namespace
}  // namespace ktstr
