// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/own_usage.h"

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

}  // namespace
}  // namespace ktstr
