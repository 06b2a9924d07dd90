// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_SCHED_TRY_SCHED_H_
#define KTSTR_BASE_SCHED_TRY_SCHED_H_

#include "absl/status/status.h"
#include "ktstr/base/sched/sched_spec.h"

namespace ktstr {

// Whether the caller could be scheduled by `spec` here and now: tried in a
// child that does nothing else, since capability, limits, cgroup and seccomp
// all have a say. The error is that of SetSched(). To be called by processes of
// a single thread; takes about 0.2 ms.
absl::Status TrySched(const SchedSpec& spec);

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_TRY_SCHED_H_
