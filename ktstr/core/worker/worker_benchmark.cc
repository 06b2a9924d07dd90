// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the bookkeeping of a worker costs. Budgets: NextIteration 40 ns, Record
// 5 ns, StampWake and MatchWake of one wake-up 60 ns with their time stamps,
// OwnPages, once at the end, 300 us.

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/rseq.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/worker/lone_workers.h"
#include "ktstr/core/worker/place/own_pages.h"
#include "ktstr/core/worker/wake_stamp.h"
#include "ktstr/core/worker/worker.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

LoneWorkers::Options AsInARun() {
  return {.metrics = {Metric::kWakeLatencyLocal, Metric::kWakeLatencyRemote,
                      Metric::kBlockedTime},
          .clock = TickClock::Calibrate(/*min_span_ns=*/5'000'000)};
}

void SayClock(benchmark::State& state, const LoneWorkers& lone) {
  state.SetLabel(lone.setup().clock.uses_ticks() ? "ticks" : "vDSO");
}

void BM_BareLoop(benchmark::State& state) {
  uint64_t passes = 0;
  for (auto _ : state) benchmark::DoNotOptimize(++passes);
}
BENCHMARK(BM_BareLoop);

void BM_NextIteration(benchmark::State& state) {
  LoneWorkers lone(AsInARun());
  Worker worker(lone.setup());
  for (auto _ : state) benchmark::DoNotOptimize(worker.NextIteration());
  SayClock(state, lone);
}
BENCHMARK(BM_NextIteration);

void BM_Record(benchmark::State& state) {
  LoneWorkers lone(AsInARun());
  Worker worker(lone.setup());
  int64_t ns = 0;
  for (auto _ : state) {
    worker.Record(Metric::kBlockedTime, ns);
    ns = (ns + 977) % 100'000;
  }
}
BENCHMARK(BM_Record);

// All that one wake-up adds: the waker's stamp, a time stamp of the wakee, and
// the match, which here is always with a wake-up that the worker waited for.
void BM_StampAndMatchWake(benchmark::State& state) {
  LoneWorkers lone(AsInARun());
  Worker worker(lone.setup());
  ZeroFilled<WakeStamp> sent;
  ZeroFilled<WakeStamp> received;
  received->Write(
      {.sequence = 1, .time_ns = worker.Now() + 500'000, .cpu = CurrentCpu()});
  worker.SleepFor(absl::Milliseconds(1));
  uint64_t sequence = 0;
  for (auto _ : state) {
    worker.StampWake(*sent, ++sequence);
    benchmark::DoNotOptimize(worker.Now());
    worker.MatchWake(*received, 1);
  }
  if (lone.record().wakes_received != sequence) {
    state.SkipWithError("the wake-up did not fall into the sleep");
  }
  SayClock(state, lone);
}
BENCHMARK(BM_StampAndMatchWake);

// Two bookkeeping points and two time stamps: a wait that finds what it waits
// for, as in every pass of a stressor that waits.
void BM_AwaitReadyWord(benchmark::State& state) {
  LoneWorkers lone(AsInARun());
  Worker worker(lone.setup());
  ZeroFilled<std::atomic<uint32_t>> word;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        worker.AwaitWord(*word, [](uint32_t seen) { return seen == 0; }));
  }
  SayClock(state, lone);
}
BENCHMARK(BM_AwaitReadyWord);

// What a worker does once, after its body; this process has a few more pages.
void BM_OwnPages(benchmark::State& state) {
  ZeroFilled<PagesRecord> pages;
  for (auto _ : state) {
    const absl::StatusOr<OwnPages> own = OwnPages::Begin();
    if (!own.ok() || !own->Count(*pages).ok()) {
      state.SkipWithError("not on this host");
    }
  }
  state.counters["sampled"] = pages->sampled;
}
BENCHMARK(BM_OwnPages);

}  // namespace
}  // namespace ktstr
