// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_IPC_VARIANCE_PART_H_
#define KTSTR_STRESSORS_IPC_VARIANCE_PART_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "ktstr/base/perf/ipc_counter.h"

namespace ktstr {

// What a worker did in one of its two ways, hot or cold. Plain data for shared
// memory, zeroed.
struct Part {
  uint64_t operations;  // All of them, those of a part cut short as well.
  int64_t best_ns;      // The shortest part; of the others some were preempted.
  IpcCounter::Counts counts;

  // Counts one part: its time, and what was counted before it and after it.
  void Note(int64_t ns, const IpcCounter::Counts& before,
            const IpcCounter::Counts& after);

  // Of all parts; 0 if nothing was counted.
  double Ipc() const;
};

// Compares what an operation took in the shortest part of each, which had so
// many: "31ns for a touch of cold memory, 1.4ns for four multiplications".
// Fails if the touch was not slower.
absl::StatusOr<std::string> CompareCosts(const Part& hot, uint64_t hot_iters,
                                         const Part& cold, uint64_t cold_iters);

// "IPC 2.61 hot, 0.12 cold", or why it is not known: `pmu_error` is the errno
// of IpcCounter::Create(), 0 for success.
std::string PrintIpc(const Part& hot, const Part& cold, int pmu_error);

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_IPC_VARIANCE_PART_H_
