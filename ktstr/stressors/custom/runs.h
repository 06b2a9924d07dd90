// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_CUSTOM_RUNS_H_
#define KTSTR_STRESSORS_CUSTOM_RUNS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/command/kept_program.h"

namespace ktstr {

// What the kernel told of one worker's runs of a program. Plain data that may
// live in shared memory; times are ns.
struct Runs {
  uint64_t ended = 0;        // By themselves.
  uint64_t stopped = 0;      // By the end of the worker's time: one at most.
  uint64_t failed = 0;       // Of those ended.
  uint64_t without_cpu = 0;  // Of those ended.
  int first_failure = 0;     // As of wait(2).
  int64_t cpu_ns = 0;
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  int64_t run_delay_ns = 0;
  int64_t left_behind = 0;  // Processes, by the runs that ended.

  void Add(const KeptRun& run);

  // The proof of a worker that went through `passes`: a run for each, all that
  // ended with exit code 0, and CPU time used.
  absl::StatusOr<std::string> Verify(absl::string_view program,
                                     uint64_t passes) const;
};

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_CUSTOM_RUNS_H_
