// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/worker/worker_main.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::Eq;

TEST(WorkerNameTest, IsRoleAndIndex) {
  EXPECT_THAT(WorkerName("waker", 0), Eq("ktstr:waker:0"));
  EXPECT_THAT(WorkerName("worker", 12), Eq("ktstr:worker:12"));
}

TEST(WorkerNameTest, CutsTheRoleAndNotTheNumber) {
  EXPECT_THAT(WorkerName("worker", 123), Eq("ktstr:worke:123"));
  EXPECT_THAT(WorkerName("producer", 7), Eq("ktstr:produce:7"));
  EXPECT_THAT(WorkerName("producer", 99999), Eq("ktstr:pro:99999"));
  EXPECT_THAT(WorkerName("producer", 12345678), Eq("ktstr::12345678"));
}

TEST(WorkerNameTest, NeedsNoRoomForTheRole) {
  EXPECT_THAT(WorkerName("", 3), Eq("ktstr::3"));
  EXPECT_THAT(WorkerName("producer", 4294967295), Eq("ktst:4294967295"));
}

}  // namespace
}  // namespace ktstr
