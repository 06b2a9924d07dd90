// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_PLAN_MAKE_PLAN_H_
#define KTSTR_CLI_PLAN_MAKE_PLAN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/plan/selection.h"
#include "ktstr/core/plan.h"
#include "ktstr/topology/topology.h"

namespace ktstr {

// Makes the plan from flags and from the words that set parameters.
// InvalidArgument or OutOfRange in one line for whatever cannot be run. Of a
// sharded test it has the part of this process.
absl::StatusOr<Plan> MakePlanOf(const CliOptions& options,
                                absl::Span<const std::string> words,
                                StressorTable table, const Topology& topology);

}  // namespace ktstr

#endif  // KTSTR_CLI_PLAN_MAKE_PLAN_H_
