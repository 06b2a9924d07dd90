// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/proof.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace ktstr {
namespace {

absl::Status OfGroup(uint32_t group, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("group ", group, ": ", status.message()));
}

}  // namespace

absl::StatusOr<std::string> JudgeProof(const Stressor& stressor,
                                       const StressorResult& result,
                                       uint32_t cpus) {
  for (const WorkerResult& worker : result.workers) {
    if (worker.end == WorkerEnd::kFinished) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("not judged: worker ", worker.index, " did not finish"));
  }
  GroupResult group;
  group.all_workers = result.workers;
  group.cpus = cpus;
  group.run_ns = result.run_ns;
  const auto groups =
      static_cast<uint32_t>(result.workers.size()) / result.group_size;
  std::string line;
  absl::Status unjudged;
  for (; group.group < groups; ++group.group) {
    group.workers =
        absl::MakeConstSpan(result.workers)
            .subspan(group.group * result.group_size, result.group_size);
    absl::StatusOr<std::string> verdict = stressor.Verify(group);
    if (verdict.ok()) {
      if (group.group == 0) line = *std::move(verdict);
      continue;
    }
    const absl::Status status =
        groups == 1 ? verdict.status() : OfGroup(group.group, verdict.status());
    if (!absl::IsUnimplemented(status)) return status;
    unjudged.Update(status);
  }
  if (!unjudged.ok()) return unjudged;
  if (groups > 1) {
    absl::StrAppend(&line, " (and ", groups - 1,
                    groups == 2 ? " more group)" : " more groups)");
  }
  return line;
}

}  // namespace ktstr
