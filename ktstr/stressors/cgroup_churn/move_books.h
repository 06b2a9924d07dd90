// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_CGROUP_CHURN_MOVE_BOOKS_H_
#define KTSTR_STRESSORS_CGROUP_CHURN_MOVE_BOOKS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// What came of a worker's moves between its cgroups. Plain data that may live
// in shared memory; zeroes are of one that has not begun.
struct MoveBooks {
  FixedText<1024> home;    // The folder of the cgroup where it lived,
  FixedText<1088> prefix;  // in which those that it made begin like this.
  uint64_t groups;         // So many.
  uint64_t moves;          // Into them.
  uint64_t strays;         // After which the kernel said it was elsewhere.
  bool has_cpu;            // Each has a share of CPU of its own.
  bool back;               // Where it lived, says the kernel at the end.
};

// The proof for a worker that made so many passes: each moved it, it went back,
// and nothing of what it made is there.
absl::StatusOr<std::string> JudgeMoves(const MoveBooks& books, uint64_t passes);

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_CGROUP_CHURN_MOVE_BOOKS_H_
