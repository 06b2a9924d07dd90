// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include <atomic>
#include <cstdint>

#include "benchmark/benchmark.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/rseq.h"
#include "ktstr/base/spin.h"

namespace ktstr {
namespace {

void BM_TickClockNow(benchmark::State& state) {
  const TickClock clock = TickClock::Calibrate(/*min_span_ns=*/10'000'000);
  for (auto _ : state) benchmark::DoNotOptimize(clock.Now());
  state.SetLabel(clock.uses_ticks() ? "ticks" : "vDSO");
}
BENCHMARK(BM_TickClockNow);

void BM_MonotonicNanos(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(MonotonicNanos());
}
BENCHMARK(BM_MonotonicNanos);

void BM_CurrentCpu(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(CurrentCpu());
}
BENCHMARK(BM_CurrentCpu);

void BM_SpinOneRound(benchmark::State& state) {
  for (auto _ : state) Spin(1);
}
BENCHMARK(BM_SpinOneRound);

void BM_FutexWakeWithoutWaiter(benchmark::State& state) {
  std::atomic<uint32_t> word{0};
  for (auto _ : state) benchmark::DoNotOptimize(FutexWake(word, 1));
}
BENCHMARK(BM_FutexWakeWithoutWaiter);

void BM_ReadOwnCounters(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ReadOwnCounters());
}
BENCHMARK(BM_ReadOwnCounters);

}  // namespace
}  // namespace ktstr
