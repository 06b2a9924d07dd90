// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_SCHED_TRY_SCHED_H_
#define KTSTR_BASE_SCHED_TRY_SCHED_H_

#include <optional>

#include "absl/status/status.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/user/user.h"

namespace ktstr {

// Whether the caller, or `user`, could be scheduled by `spec` here and now:
// tried, since capability, limits, cgroup and seccomp all have a say. The error
// is that of SetSched(), or of TryAs(), whose conditions hold.
absl::Status TrySched(const SchedSpec& spec,
                      const std::optional<UserIds>& user = std::nullopt);

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_TRY_SCHED_H_
