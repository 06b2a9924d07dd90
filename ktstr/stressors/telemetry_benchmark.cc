// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the runtime's telemetry takes from a stressor's throughput: at most 5 %
// is the budget. futex_ping_pong without work, both peers on one CPU, against
// two bare processes that make the same two system calls.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "ktstr/base/child.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/futex.h"
#include "ktstr/core/run_options.h"
#include "ktstr/core/run_result.h"
#include "ktstr/stats/zero_filled.h"
#include "ktstr/stressors/futex_ping_pong/futex_ping_pong.h"
#include "ktstr/testing/run_stressor.h"

namespace ktstr {
namespace {

constexpr uint32_t kTurns = 50'000;  // Of each peer.
constexpr int kRounds = 15;          // Odd: the median is one of them.

CpuSet OneCpu() {
  CpuSet one;
  one.Add(GetAffinity(0)->First());
  return one;
}

// Of a turn, in ns.
struct Cost {
  double wall = 0;  // Between two turns of the same peer.
  double cpu = 0;   // CPU time of both peers, whoever else there is.
};

struct BareShared {
  alignas(64) std::atomic<uint32_t> turns;
  alignas(64) std::atomic<int64_t> wall_ns;
};

// The body of futex_ping_pong without a Worker.
int BarePeer(BareShared& shared, uint32_t me) {
  if (!SetAffinity(0, OneCpu()).ok()) return 1;
  std::atomic<uint32_t>& turns = shared.turns;
  const int64_t begin = MonotonicNanos();
  for (uint32_t turn = me; turn < 2 * kTurns; turn += 2) {
    uint32_t seen;
    while ((seen = turns.load(std::memory_order_acquire)) != turn) {
      if (!FutexWait(turns, seen).ok()) return 1;
    }
    turns.store(turn + 1, std::memory_order_release);
    if (!FutexWake(turns, 1).ok()) return 1;
  }
  // Relaxed: the end of the process publishes it.
  if (me == 0) {
    shared.wall_ns.store(MonotonicNanos() - begin, std::memory_order_relaxed);
  }
  return 0;
}

int64_t CpuNanos(const ChildEnd& end) {
  return ToNanos(end.usage.ru_utime) + ToNanos(end.usage.ru_stime);
}

// A cost of 0 is a failure.
Cost RunBare() {
  ZeroFilled<BareShared> shared;
  // The second one first: it has to wait anyway.
  Child second = Child::Spawn([&] { return BarePeer(*shared, 1); }).value();
  Child first = Child::Spawn([&] { return BarePeer(*shared, 0); }).value();
  const ChildEnd ends[] = {first.Reap().value(), second.Reap().value()};
  if (ends[0].value != 0 || ends[1].value != 0) return {};
  return {static_cast<double>(shared->wall_ns.load()) / kTurns,
          static_cast<double>(CpuNanos(ends[0]) + CpuNanos(ends[1])) / kTurns};
}

Cost RunKtstr() {
  RunOptions options = BoundedBy(kTurns);
  options.workers = 2;
  options.cpus = OneCpu();
  options.cpus_given = true;
  const StressorResult result =
      RunStressor(kFutexPingPong, {{"spin_iters", "0"}}, options);
  if (!result.proof.ok()) return {};
  double cpu = 0;
  for (const WorkerResult& worker : result.workers) {
    cpu += static_cast<double>(worker.counters.user_ns +
                               worker.counters.system_ns);
  }
  return {static_cast<double>(result.workers[0].run_ns) / kTurns, cpu / kTurns};
}

double Median(std::vector<Cost> costs, double Cost::*part) {
  const auto middle = costs.begin() + static_cast<int64_t>(costs.size()) / 2;
  std::nth_element(
      costs.begin(), middle, costs.end(),
      [part](const Cost& a, const Cost& b) { return a.*part < b.*part; });
  return *middle.*part;
}

// Rounds of both in turn, so that what disturbs the host disturbs both alike.
void BM_FutexPingPongAgainstBareLoop(benchmark::State& state) {
  std::vector<Cost> bare;
  std::vector<Cost> ktstr;
  for (auto _ : state) {
    for (int round = 0; round < kRounds; ++round) {
      bare.push_back(RunBare());
      ktstr.push_back(RunKtstr());
      if (bare.back().wall == 0 || ktstr.back().wall == 0) {
        state.SkipWithError("a run failed");
        return;
      }
    }
  }
  const auto show = [&](double Cost::*part, const char* bare_name,
                        const char* ktstr_name, const char* ratio_name) {
    state.counters[bare_name] = Median(bare, part);
    state.counters[ktstr_name] = Median(ktstr, part);
    state.counters[ratio_name] = Median(ktstr, part) / Median(bare, part);
  };
  show(&Cost::wall, "bare_ns", "ktstr_ns", "ratio");
  show(&Cost::cpu, "bare_cpu_ns", "ktstr_cpu_ns", "cpu_ratio");
}
BENCHMARK(BM_FutexPingPongAgainstBareLoop)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ktstr
