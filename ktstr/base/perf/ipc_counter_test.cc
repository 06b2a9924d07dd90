// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/perf/ipc_counter.h"

#include <errno.h>
#include <linux/perf_event.h>

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/base/spin.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::Gt;

TEST(IpcCounterTest, CountsWhatTheCallerDoes) {
  const absl::StatusOr<IpcCounter> counter = IpcCounter::Create();
  if (!counter.ok()) GTEST_SKIP() << counter.status();
  const IpcCounter::Counts before = counter->Read();
  Spin(100'000);
  const IpcCounter::Counts after = counter->Read();
  EXPECT_THAT(after.cycles - before.cycles, Gt(0));
  EXPECT_THAT(after.instructions - before.instructions, Ge(100'000));
}

TEST(IpcCounterTest, SaysWhyItCannot) {
  const absl::StatusOr<IpcCounter> counter = IpcCounter::Create();
  if (counter.ok()) GTEST_SKIP() << "it can";
  EXPECT_TRUE(absl::IsUnimplemented(counter.status()) ||
              absl::IsPermissionDenied(counter.status()))
      << counter.status();
}

// Both values of a group, in their order: counts that every kernel has.
TEST(IpcCounterTest, ReadsBothAtOnce) {
  const absl::StatusOr<IpcCounter> counter =
      IpcCounter::CreateOf(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN,
                           PERF_COUNT_SW_PAGE_FAULTS_MAJ);
  if (!counter.ok()) GTEST_SKIP() << counter.status();
  constexpr size_t kBytes = size_t{1} << 20;
  const absl::StatusOr<Mapping> memory = Mapping::CreatePrivate(kBytes);
  ASSERT_THAT(memory, IsOk());
  const IpcCounter::Counts before = counter->Read();
  auto* const bytes = static_cast<volatile char*>(memory->data());
  for (size_t i = 0; i < kBytes; ++i) bytes[i] = 1;
  const IpcCounter::Counts after = counter->Read();
  // One a page, of 64 KiB at most.
  EXPECT_THAT(after.cycles - before.cycles, Ge(kBytes >> 16));
  EXPECT_THAT(after.instructions - before.instructions, Eq(0));
}

TEST(IpcCounterTest, RefusesEventsThatThereAreNot) {
  const absl::StatusOr<IpcCounter> counter =
      IpcCounter::CreateOf(PERF_TYPE_SOFTWARE, 1 << 20, 1 << 20);
  EXPECT_THAT(ErrnoOf(counter.status()), AnyOf(EINVAL, ENOENT, EACCES, EPERM));
}

}  // namespace
}  // namespace ktstr
