// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_KERNEL_FAULTS_H_
#define KTSTR_CORE_HOST_KERNEL_FAULTS_H_

#include <string>
#include <vector>

#include "absl/types/span.h"

namespace ktstr {

// What of the kernel's log matters to a run of a stressor.
struct LogFindings {
  // Lines that fail it: a warning, BUG or Oops, a lockup, an RCU stall, a hung
  // task, an end of the loaded sched_ext scheduler.
  std::vector<std::string> faults;
  // Lines that explain numbers: real-time throttling, an unstable clock.
  std::vector<std::string> notes;
};

// Sorts `lines`, message texts without prefix, in their order. Each kind holds
// at most kMaxFindings, then one line that counts the rest: who storms the log
// is not to fill the report. Costs nothing where there are no lines.
inline constexpr int kMaxFindings = 20;
LogFindings JudgeKernelLog(absl::Span<const std::string> lines);

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_KERNEL_FAULTS_H_
