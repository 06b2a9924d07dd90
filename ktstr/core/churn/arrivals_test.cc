// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/churn/arrivals.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "ktstr/base/futex.h"
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

TEST(ArrivalsTest, WhoIsWokenWakesTheNext) {
  constexpr uint32_t kWaiters = 2;
  LoneWorkers workers;
  ZeroFilled<Arrivals> arrivals;
  std::vector<std::thread> waiters;
  for (uint32_t i = 0; i < kWaiters; ++i) {
    waiters.emplace_back([&, i] {
      Worker worker(workers.setup(i));
      EXPECT_TRUE(arrivals->Await(worker, 1));
    });
  }
  auto& word = reinterpret_cast<std::atomic<uint32_t>&>(*arrivals);
  // Until all sleep, to which they return after it.
  while (FutexWake(word, kWaiters).value() != kWaiters) {
    std::this_thread::yield();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  word = 1;
  EXPECT_LE(FutexWake(word, 1).value(), 1);
  for (std::thread& waiter : waiters) waiter.join();
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
