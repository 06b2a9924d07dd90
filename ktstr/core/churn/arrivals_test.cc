// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/churn/arrivals.h"

#include <thread>

#include "gtest/gtest.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

TEST(ArrivalsTest, NobodyPassesAlone) {
  LoneWorkers workers;
  ZeroFilled<Arrivals> arrivals;
  ZeroFilled<std::atomic<int>> here;
  std::thread other([&] {
    Worker worker(workers.setup(1));
    EXPECT_TRUE(arrivals->Await(worker, 2));
    EXPECT_EQ(here->load(), 2);
  });
  Worker worker(workers.setup(0));
  ++*here;
  arrivals->Arrive(worker, 2);
  ++*here;
  EXPECT_TRUE(arrivals->Meet(worker, 2));
  other.join();
}

TEST(ArrivalsTest, StopEndsTheWait) {
  LoneWorkers workers;
  ZeroFilled<Arrivals> arrivals;
  workers.stop() = 1;
  Worker worker(workers.setup());
  EXPECT_FALSE(arrivals->Meet(worker, 2));
}

}  // namespace
}  // namespace ktstr
