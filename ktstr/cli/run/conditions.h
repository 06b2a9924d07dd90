// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_RUN_CONDITIONS_H_
#define KTSTR_CLI_RUN_CONDITIONS_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ktstr/checks/requested/condition.h"
#include "ktstr/core/plan.h"

namespace ktstr {

// InvalidArgument if a condition is for a stressor or a role that `plan` does
// not have: nobody should wait for a run to learn of a typing error.
absl::Status CheckNarrowing(absl::Span<const Condition> conditions,
                            const Plan& plan);

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_CONDITIONS_H_
