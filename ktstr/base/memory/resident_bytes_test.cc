// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/memory/resident_bytes.h"

#include <errno.h>
#include <unistd.h>

#include <cstddef>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;

// More than one call of mincore(2) takes.
constexpr size_t kPages = 3000;

TEST(ResidentBytesTest, CountsThePagesThatAnotherProcessTouched) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const absl::StatusOr<Mapping> shared = Mapping::CreateShared(kPages * page);
  ASSERT_THAT(shared, IsOk());
  EXPECT_THAT(ResidentBytes(shared->data(), kPages * page), IsOkAndHolds(0));
  absl::StatusOr<Child> child = Child::Spawn([&] {
    char* const bytes = static_cast<char*>(shared->data());
    for (size_t i = 0; i < kPages; i += 2) bytes[i * page] = 1;
    return 0;
  });
  ASSERT_THAT(child, IsOk());
  ASSERT_THAT(child->Reap(), IsOk());
  EXPECT_THAT(ResidentBytes(shared->data(), kPages * page),
              IsOkAndHolds(kPages / 2 * page));
  EXPECT_THAT(ResidentBytes(shared->data(), 1), IsOkAndHolds(page));
}

TEST(ResidentBytesTest, RefusesWhatIsNotAligned) {
  const absl::StatusOr<Mapping> shared = Mapping::CreateShared(1);
  ASSERT_THAT(shared, IsOk());
  const char* const begin = static_cast<const char*>(shared->data());
  EXPECT_THAT(ErrnoOf(ResidentBytes(begin + 1, 1).status()), Eq(EINVAL));
}

}  // namespace
}  // namespace ktstr
