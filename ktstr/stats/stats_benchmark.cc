// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What a sample costs the worker that records it. Budget of
// Histogram::Record: 5 ns.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "benchmark/benchmark.h"
#include "ktstr/stats/histogram.h"
#include "ktstr/stats/pair_counts.h"
#include "ktstr/stats/reservoir.h"
#include "ktstr/stats/ring.h"
#include "ktstr/stats/snapshot.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

// Latencies spread as measured ones are: log-normal around 2 us.
std::array<int64_t, 4096> Latencies() {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> latency(7.6, 1.0);
  std::array<int64_t, 4096> values;
  for (int64_t& value : values) value = static_cast<int64_t>(latency(random));
  return values;
}

// The loop alone: to be taken off the others.
void BM_Nothing(benchmark::State& state) {
  const auto values = Latencies();
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(values[i++ % values.size()]);
}
BENCHMARK(BM_Nothing);

void BM_HistogramRecord(benchmark::State& state) {
  const auto values = Latencies();
  ZeroFilled<Histogram> histogram;
  size_t i = 0;
  for (auto _ : state) histogram->Record(values[i++ % values.size()]);
}
BENCHMARK(BM_HistogramRecord);

void BM_ReservoirRecord(benchmark::State& state) {
  const auto values = Latencies();
  const uint32_t capacity = 1000;
  ZeroFilled<Reservoir> reservoir(capacity * sizeof(int64_t));
  reservoir->Start(capacity, /*seed=*/1);
  size_t i = 0;
  for (auto _ : state) reservoir->Record(values[i++ % values.size()]);
}
BENCHMARK(BM_ReservoirRecord);

// With this many CPUs; 16 fill the table, more overflow it.
void BM_PairCountsAdd(benchmark::State& state) {
  const auto cpus = static_cast<uint32_t>(state.range(0));
  ZeroFilled<PairCounts> counts;
  uint32_t i = 0;
  for (auto _ : state) {
    counts->Add(i % cpus, i / cpus % cpus);
    ++i;
  }
}
BENCHMARK(BM_PairCountsAdd)->Arg(2)->Arg(8)->Arg(16)->Arg(64);

void BM_RingAdd(benchmark::State& state) {
  ZeroFilled<Ring> ring;
  uint32_t i = 0;
  for (auto _ : state) {
    ring->Add({.at_ns = i, .from = i, .to = i});
    ++i;
  }
}
BENCHMARK(BM_RingAdd);

void BM_Snapshot(benchmark::State& state) {
  ZeroFilled<Histogram> histogram;
  for (const int64_t value : Latencies()) histogram->Record(value);
  for (auto _ : state) {
    benchmark::DoNotOptimize(HistogramSnapshot::Of(*histogram));
  }
}
BENCHMARK(BM_Snapshot);

}  // namespace
}  // namespace ktstr
