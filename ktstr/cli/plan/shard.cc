// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/shard.h"

#include <fcntl.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/fd.h"
#include "ktstr/cli/environment.h"
#include "ktstr/core/plan.h"

namespace ktstr {
absl::StatusOr<Shard> ReadShard(const std::string& total,
                                const std::string& index) {
  if (total.empty() && index.empty()) return Shard{};
  Shard shard;
  if (!absl::SimpleAtoi(total, &shard.total) || shard.total == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "TEST_TOTAL_SHARDS=", total, ": it is a number from 1 on"));
  }
  if (!absl::SimpleAtoi(index, &shard.index) || shard.index >= shard.total) {
    return absl::InvalidArgumentError(
        absl::StrCat("TEST_SHARD_INDEX=", index, ": it is a number below ",
                     "TEST_TOTAL_SHARDS=", total));
  }
  return shard;
}

void KeepShard(const Shard& shard, Plan& plan) {
  std::vector<PlanStep> kept;
  for (size_t i = shard.index; i < plan.steps.size(); i += shard.total) {
    kept.push_back(std::move(plan.steps[i]));
  }
  plan.steps = std::move(kept);
}

absl::StatusOr<Shard> ShardOfEnvironment() {
  const std::string status_file = Environment("TEST_SHARD_STATUS_FILE");
  // That is a courtesy: the runner complains if it needs it.
  if (!status_file.empty()) {
    OpenFile(status_file, O_WRONLY | O_CREAT, 0644).status().IgnoreError();
  }
  return ReadShard(Environment("TEST_TOTAL_SHARDS"),
                   Environment("TEST_SHARD_INDEX"));
}

}  // namespace ktstr
