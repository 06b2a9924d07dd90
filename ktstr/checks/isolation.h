// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_ISOLATION_H_
#define KTSTR_CHECKS_ISOLATION_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `isolation`: no worker was seen on a CPU outside of any set that it was to
// stay in: `options.cpus`, its own affinity and the cpuset of its cgroup, the
// last two where they were applied and as they were read back. By a list that
// was too long for its record nothing is judged.
proto::Check CheckIsolation(const proto::Options& options,
                            const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_ISOLATION_H_
