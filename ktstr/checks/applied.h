// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_APPLIED_H_
#define KTSTR_CHECKS_APPLIED_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `applied`: every setting of every worker and every cgroup is what was asked
// for, as read back from the kernel, and no cgroup is left behind. Says of what
// is not what was asked, what the kernel answered, and why; once for all
// workers to whom the same happened.
proto::Check CheckApplied(const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_APPLIED_H_
