// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/ipc_variance/part.h"

#include <errno.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ktstr/base/perf/ipc_counter.h"
#include "ktstr/base/posix_error.h"

namespace ktstr {

void Part::Note(int64_t ns, const IpcCounter::Counts& before,
                const IpcCounter::Counts& after) {
  best_ns = best_ns == 0 ? ns : std::min(best_ns, ns);
  counts.cycles += after.cycles - before.cycles;
  counts.instructions += after.instructions - before.instructions;
}

double Part::Ipc() const {
  if (counts.cycles == 0) return 0;
  return static_cast<double>(counts.instructions) /
         static_cast<double>(counts.cycles);
}

absl::StatusOr<std::string> CompareCosts(const Part& hot, uint64_t hot_iters,
                                         const Part& cold,
                                         uint64_t cold_iters) {
  const double hot_ns =
      static_cast<double>(hot.best_ns) / static_cast<double>(hot_iters);
  const double cold_ns =
      static_cast<double>(cold.best_ns) / static_cast<double>(cold_iters);
  std::string costs = absl::StrFormat(
      "%.3gns for a touch of cold memory, %.3gns for four multiplications",
      cold_ns, hot_ns);
  if (cold_ns > hot_ns) return costs;
  return absl::FailedPreconditionError(
      absl::StrCat(costs, ", which is not less"));
}

std::string PrintIpc(const Part& hot, const Part& cold, int pmu_error) {
  switch (pmu_error) {
    case 0:
      return absl::StrFormat("IPC %.2f hot, %.2f cold", hot.Ipc(), cold.Ipc());
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
      return "no PMU";
    default:
      return absl::StrCat("no IPC (", ErrnoName(pmu_error), ")");
  }
}

}  // namespace ktstr
