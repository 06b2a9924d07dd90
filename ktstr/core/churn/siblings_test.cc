// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/churn/siblings.h"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

// Two siblings: the test's thread and `other_`.
class SiblingsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(siblings_.Prepare(preparation_), IsOk());
  }
  WorkerSetup SetupOf(uint32_t position) {
    WorkerSetup setup = workers_.setup(position);
    setup.position = position;
    return setup;
  }

  LoneWorkers workers_;
  Preparation preparation_{1, 2, *GetAffinity(0)};
  Siblings siblings_;
};

TEST_F(SiblingsTest, KnowEachOther) {
  std::atomic<pid_t> other_tid{0};
  std::thread other([&] {
    Worker worker(SetupOf(1));
    other_tid = gettid();
    EXPECT_TRUE(siblings_.Enter(worker));
    EXPECT_TRUE(siblings_.Begin(worker));
    siblings_.Leave(worker);
  });
  Worker worker(SetupOf(0));
  EXPECT_TRUE(siblings_.Enter(worker));
  EXPECT_EQ(siblings_.TidOf(worker, 1), other_tid);
  EXPECT_TRUE(siblings_.Begin(worker));
  EXPECT_FALSE(siblings_.IsGone(worker, 0));
  siblings_.Leave(worker);
  EXPECT_TRUE(siblings_.IsGone(worker, 1));
  other.join();
}

TEST_F(SiblingsTest, NobodyLeavesWhoMayBeNamed) {
  std::atomic<bool> named{false};
  std::thread other([&] {
    Worker worker(SetupOf(1));
    EXPECT_TRUE(siblings_.Enter(worker));
    EXPECT_TRUE(siblings_.Begin(worker));
    siblings_.Leave(worker);
    EXPECT_TRUE(named);
  });
  Worker worker(SetupOf(0));
  EXPECT_TRUE(siblings_.Enter(worker));
  EXPECT_TRUE(siblings_.Begin(worker));
  // Stop does not change that.
  workers_.stop() = 1;
  while (!siblings_.IsGone(worker, 1)) {
  }
  EXPECT_THAT(GetAffinity(siblings_.TidOf(worker, 1)), IsOk());
  named = true;
  siblings_.Leave(worker);
  other.join();
}

TEST_F(SiblingsTest, StopEndsTheWaitForThoseWhoNeverCome) {
  workers_.stop() = 1;
  Worker worker(SetupOf(0));
  EXPECT_FALSE(siblings_.Enter(worker));
}

TEST_F(SiblingsTest, TheDeadAreNotWaitedFor) {
  std::thread other([&] {
    Worker worker(SetupOf(1));
    EXPECT_TRUE(siblings_.Enter(worker));
    EXPECT_TRUE(siblings_.Begin(worker));
  });
  Worker worker(SetupOf(0));
  EXPECT_TRUE(siblings_.Enter(worker));
  EXPECT_TRUE(siblings_.Begin(worker));
  other.join();  // In the middle of its work.
  workers_.stop() = 1;
  siblings_.Leave(worker);
  EXPECT_FALSE(siblings_.IsGone(worker, 1));
}

}  // namespace
}  // namespace ktstr
