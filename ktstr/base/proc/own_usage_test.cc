// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/own_usage.h"

#include <poll.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/spin.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::Lt;

TEST(OwnUsageTest, AWaitForAChildIsAVoluntarySwitch) {
  const OwnUsage before = ReadOwnUsage();
  // One of them at least is still alive when it is waited for.
  for (int i = 0; i < 20; ++i) {
    absl::StatusOr<Child> child = Child::Spawn([] {
      Spin(100'000);
      return 0;
    });
    ASSERT_THAT(child, IsOk());
    ASSERT_THAT(child->Reap(), IsOk());
  }
  const OwnUsage after = ReadOwnUsage();
  EXPECT_THAT(after.voluntary_switches, Gt(before.voluntary_switches));
  EXPECT_THAT(after.Switches(), Gt(before.Switches()));
}

TEST(OwnUsageTest, SpinningTakesCpuTimeAndNoInputOrOutput) {
  const OwnUsage before = ReadOwnUsage();
  const int64_t begin = OwnCpuNanos();
  Spin(10'000);
  EXPECT_THAT(OwnCpuNanos(), Gt(begin));
  const OwnUsage after = ReadOwnUsage();
  EXPECT_THAT(after.bytes_written, Eq(before.bytes_written));
  EXPECT_THAT(after.bytes_read, Ge(before.bytes_read));
}

// Spins for `ns` of its own CPU time, and returns an exit code.
int UseCpu(int64_t ns) {
  const int64_t end = OwnCpuNanos() + ns;
  while (OwnCpuNanos() < end) Spin(1000);
  return 0;
}

TEST(FamilyCpuNanosTest, HasTheTimeOfDescendantsOnceTheyWereWaitedFor) {
  constexpr int64_t kNanos = 20'000'000;
  const int64_t before = FamilyCpuNanos();
  absl::StatusOr<Child> child = Child::Spawn([] {
    absl::StatusOr<Child> grandchild =
        Child::Spawn([] { return UseCpu(kNanos); });
    if (!grandchild.ok() || !grandchild->Reap().ok()) return 1;
    return UseCpu(kNanos);
  });
  ASSERT_THAT(child, IsOk());
  struct pollfd ended = {child->pidfd(), POLLIN, 0};
  ASSERT_THAT(poll(&ended, 1, /*timeout=*/-1), Eq(1));
  // Neither counts before the child is waited for; this process only slept.
  EXPECT_THAT(FamilyCpuNanos() - before, Lt(kNanos));
  ASSERT_THAT(child->Reap(), IsOk());
  EXPECT_THAT(FamilyCpuNanos() - before, Ge(2 * kNanos));
}

}  // namespace
}  // namespace ktstr
