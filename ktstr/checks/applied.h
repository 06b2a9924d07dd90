// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_APPLIED_H_
#define KTSTR_CHECKS_APPLIED_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `applied`: every setting of every worker is what was asked for, as read back
// from the kernel. Names the first that is not: asked, got, errno.
proto::Check CheckApplied(const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_APPLIED_H_
