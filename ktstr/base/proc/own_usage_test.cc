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

TEST(OwnUsageTest, SpinningTakesCpuTime) {
  const OwnUsage before = ReadOwnUsage();
  OwnUsage after = before;
  while (after.cpu_us < before.cpu_us + 1000) {
    Spin(1000);
    after = ReadOwnUsage();
  }
  EXPECT_THAT(after.bytes_written, Ge(before.bytes_written));
  EXPECT_THAT(after.bytes_read, Ge(before.bytes_read));
}

}  // namespace
}  // namespace ktstr
