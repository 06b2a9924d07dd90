// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_PLAN_SHARD_H_
#define KTSTR_CLI_PLAN_SHARD_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/core/plan.h"

namespace ktstr {

// One of the parts that a test is split into, as test runners ask for it.
struct Shard {
  uint32_t total = 1;  // Parts; at least 1.
  uint32_t index = 0;  // Of this one, below `total`.
};

// Reads what Bazel's runner sets: TEST_TOTAL_SHARDS and TEST_SHARD_INDEX, both
// or neither (its Test Encyclopedia, "Test sharding"). InvalidArgument names
// the variable that cannot be.
absl::StatusOr<Shard> ReadShard(const std::string& total,
                                const std::string& index);

// Leaves of the steps of `plan` those of `shard`: every total-th one. Fewer
// steps than shards leave some without any.
void KeepShard(const Shard& shard, Plan& plan);

// The shard of this process's environment, of which it is told, by the file
// TEST_SHARD_STATUS_FILE, that it is honoured.
absl::StatusOr<Shard> ShardOfEnvironment();

}  // namespace ktstr

#endif  // KTSTR_CLI_PLAN_SHARD_H_
