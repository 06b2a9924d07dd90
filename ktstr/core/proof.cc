// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/proof.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace ktstr {

absl::StatusOr<std::string> JudgeProof(const Stressor& stressor,
                                       const StressorResult& result,
                                       uint32_t cpus) {
  for (const WorkerResult& worker : result.workers) {
    if (worker.end == WorkerEnd::kFinished) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "not judged: worker ", worker.index, " did not finish"));
  }
  GroupResult group;
  group.all_workers = static_cast<uint32_t>(result.workers.size());
  group.cpus = cpus;
  group.run_ns = result.run_ns;
  const uint32_t groups = group.all_workers / result.group_size;
  std::string line;
  for (; group.group < groups; ++group.group) {
    group.workers = absl::MakeConstSpan(result.workers)
                        .subspan(group.group * result.group_size,
                                 result.group_size);
    absl::StatusOr<std::string> verdict = stressor.Verify(group);
    if (!verdict.ok()) {
      return groups == 1 ? verdict.status()
                         : absl::Status(verdict.status().code(),
                                        absl::StrCat("group ", group.group,
                                                     ": ",
                                                     verdict.status().message()));
    }
    if (group.group == 0) line = *std::move(verdict);
  }
  if (groups > 1) {
    absl::StrAppend(&line, " (and ", groups - 1,
                    groups == 2 ? " more group)" : " more groups)");
  }
  return line;
}

}  // namespace ktstr
