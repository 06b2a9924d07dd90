// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The calls that workers make in their loops allocate nothing.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/rseq.h"
#include "ktstr/base/spin.h"

namespace {

std::atomic<int> allocations{0};

}  // namespace

// Not inlined: g++ would take malloc and delete for a mismatched pair.
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  void* memory = malloc(size);
  if (memory == nullptr) abort();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept {
  free(memory);
}

namespace ktstr {
namespace {

template <typename Call>
int AllocationsIn(const Call& call) {
  const int before = allocations;
  call();
  return allocations - before;
}

TEST(AllocationTest, IsCounted) {
  // Called as functions: new-expressions may be optimised away.
  EXPECT_EQ(AllocationsIn([] { operator delete(operator new(1)); }), 1);
}

TEST(AllocationTest, HotCallsDoWithout) {
  std::atomic<uint32_t> word{0};
  const TickClock clock = TickClock::Calibrate(/*min_span_ns=*/1'000'000);
  EXPECT_EQ(AllocationsIn([&] { clock.Now(); }), 0);
  EXPECT_EQ(AllocationsIn([] { CurrentCpu(); }), 0);
  EXPECT_EQ(AllocationsIn([] { Spin(1); }), 0);
  EXPECT_EQ(AllocationsIn([&] { FutexWake(word, 1).value(); }), 0);
  EXPECT_EQ(AllocationsIn([&] { FutexWait(word, 1).value(); }), 0);
  EXPECT_EQ(AllocationsIn([&] { FutexWaitUntil(word, 0, 0).value(); }), 0);
}

TEST(AllocationTest, ReadingCountersDoesWithout) {
  EXPECT_EQ(AllocationsIn([] { ReadOwnCounters(); }), 0);
}

}  // namespace
}  // namespace ktstr
