// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/churn/arrivals.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

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

// As if the one that wakes had lost its CPU to the first that it woke.
TEST(ArrivalsTest, WhoIsWokenWakesTheOthers) {
  LoneWorkers workers;
  ZeroFilled<Arrivals> arrivals;
  auto await = [&](uint32_t index) {
    Worker worker(workers.setup(index));
    EXPECT_TRUE(arrivals->Await(worker, 1));
  };
  std::thread first(await, 0);
  std::thread second(await, 1);
  auto& word = reinterpret_cast<std::atomic<uint32_t>&>(*arrivals);
  // Until both sleep, to which they return after it.
  while (FutexWake(word, 2).value() != 2) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  word = 1;
  EXPECT_LE(FutexWake(word, 1).value(), 1);
  first.join();
  second.join();
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
