// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/function_stressor.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/run_result.h"

namespace ktstr {

absl::StatusOr<std::string> VerifyThatItRan(const GroupResult& group) {
  KTSTR_RETURN_IF_ERROR(group.RequireUsage());
  int64_t cpu_ns = 0;
  for (const WorkerResult& worker : group.workers) {
    cpu_ns += worker.counters.user_ns + worker.counters.system_ns;
  }
  if (group.Iterations() == 0 || cpu_ns == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(group.Iterations(), " passes in ", cpu_ns,
                     " ns of CPU time: the body did not run"));
  }
  return absl::StrCat(group.Iterations(), " passes in ",
                      absl::FormatDuration(absl::Nanoseconds(cpu_ns)),
                      " of CPU time, ", group.Switches(), " switches");
}

}  // namespace ktstr
