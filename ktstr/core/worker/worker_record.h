// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What a worker tells of itself, in memory that it shares with the supervisor:
// the one source for the live line, an early death and the final report.
#ifndef KTSTR_CORE_WORKER_WORKER_RECORD_H_
#define KTSTR_CORE_WORKER_WORKER_RECORD_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/core/metric.h"
#include "ktstr/stats/histogram.h"
#include "ktstr/stats/pair_counts.h"
#include "ktstr/stats/reservoir.h"
#include "ktstr/stats/ring.h"

namespace ktstr {

// How far a worker got. Each phase publishes what was written before it.
enum class WorkerPhase : uint32_t {
  kUnborn,    // Nothing yet: the state of zeroed memory.
  kReady,     // Settings applied, waits at the start barrier.
  kRunning,   // Left the barrier.
  kFinished,  // Its body returned without an error.
  kFailed,    // Its body returned an error, told in `failure`.
};

// Text in shared memory; longer text is cut and ends in "...".
template <size_t kBytes>
struct FixedText {
  char text[kBytes];

  void Set(absl::string_view value) {
    const bool cut = value.size() >= kBytes;
    const size_t size = cut ? kBytes - 1 : value.size();
    value.copy(text, size);
    for (size_t i = 0; cut && i < 3; ++i) text[size - 1 - i] = '.';
    text[size] = '\0';
  }
  absl::string_view view() const { return text; }
};

// A setting that was asked of the kernel, and its answer.
struct SettingRecord {
  FixedText<16> name;
  FixedText<128> asked;
  FixedText<128> got;  // Empty: could not be read back.
  FixedText<300> why;  // Unless applied: what was in the way.
  int32_t error;
  bool applied;
};

// On which nodes the worker's own pages were at its end; see place/own_pages.h.
struct PagesRecord {
  static constexpr size_t kMaxNodes = 64;

  bool known;
  int32_t home_node;  // Of the CPU that the worker ended on.
  uint32_t sampled;   // All below, and pages on nodes from kMaxNodes on.
  uint32_t absent;    // Swapped out, or gone meanwhile.
  uint32_t on_node[kMaxNodes];
};

// Failures of one system call with one errno. `count` publishes the rest.
struct FailureRecord {
  std::atomic<uint64_t> count;
  int32_t error;
  FixedText<44> call;
};

// One writer, the worker; anybody may read at any time. A zeroed record is a
// valid empty one. Plain numbers are relaxed atomics: each stands alone, and
// the worker's phase orders what must be seen together.
struct alignas(64) WorkerRecord {
  // All that settings.h knows, and the cgroup.
  static constexpr size_t kMaxSettings = 12;
  static constexpr size_t kMaxFailures = 8;
  static constexpr uint32_t kMaxCpus = 8192;  // CONFIG_NR_CPUS of x86.

  std::atomic<WorkerPhase> phase;
  std::atomic<int32_t> pid;
  std::atomic<int32_t> tid;
  std::atomic<uint32_t> index;  // In its stressor.

  std::atomic<int64_t> begin_ns;      // CLOCK_MONOTONIC: left the barrier,
  std::atomic<int64_t> stop_seen_ns;  // saw the stop word, 0 until then,
  std::atomic<int64_t> end_ns;        // and its body returned.

  std::atomic<uint64_t> iterations;
  std::atomic<int64_t> waiting_ns;
  std::atomic<uint64_t> wakes_sent;
  std::atomic<uint64_t> wakes_received;
  std::atomic<uint64_t> wakes_ready;
  std::atomic<uint64_t> wakes_missed;
  std::atomic<uint64_t> wakes_spurious;

  std::atomic<int64_t> max_gap_ns;
  std::atomic<int64_t> max_gap_end_ns;
  std::atomic<uint32_t> max_gap_cpu;

  std::atomic<uint64_t> migrations;
  std::atomic<uint64_t> cpus_used[kMaxCpus / 64];
  PairCounts migration_counts;
  Ring last_migrations;

  // Written before kRunning and before kFinished or kFailed.
  TaskCounters counters_at_start;
  TaskCounters counters_at_end;
  PagesRecord pages;  // Written before kFinished or kFailed.

  SettingRecord settings[kMaxSettings];  // Written before kReady.
  std::atomic<uint32_t> setting_count;
  FailureRecord failures[kMaxFailures];  // The last one counts the overflow.
  FixedText<200> failure;
};

static_assert(std::is_standard_layout_v<WorkerRecord>);
static_assert(std::is_trivially_destructible_v<WorkerRecord>);

// Where a worker's record, its histograms and its reservoirs lie: one after
// the other from `base`, the same in every process.
struct RecordLayout {
  size_t metrics = 0;    // Histograms, kGap included; at most 6.
  uint32_t samples = 0;  // Capacity of each reservoir; 0: none.

  constexpr size_t BytesPerWorker() const {
    return sizeof(WorkerRecord) +
           metrics * (sizeof(Histogram) + ReservoirBytes());
  }
  WorkerRecord& Record(void* base, size_t worker) const {
    return *reinterpret_cast<WorkerRecord*>(Begin(base, worker));
  }
  Histogram& HistogramOf(void* base, size_t worker, size_t metric) const {
    return reinterpret_cast<Histogram*>(Begin(base, worker) +
                                        sizeof(WorkerRecord))[metric];
  }
  Reservoir& ReservoirOf(void* base, size_t worker, size_t metric) const {
    return Reservoir::At(Begin(base, worker) + sizeof(WorkerRecord) +
                         metrics * sizeof(Histogram) +
                         metric * ReservoirBytes());
  }

 private:
  constexpr size_t ReservoirBytes() const {
    if (samples == 0) return 0;
    const size_t line = alignof(Reservoir);
    return (Reservoir::BytesFor(samples) + line - 1) / line * line;
  }
  char* Begin(void* base, size_t worker) const {
    return static_cast<char*>(base) + worker * BytesPerWorker();
  }
};

static_assert(RecordLayout{kMaxMetricsPerWorker, 0}.BytesPerWorker() <=
              size_t{64} * 1024);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_WORKER_RECORD_H_
