// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_REQUESTED_REQUESTED_H_
#define KTSTR_CHECKS_REQUESTED_REQUESTED_H_

#include "ktstr/checks/requested/condition.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// `check:NAME`: whether `condition` holds for each role that it is about; the
// role that is furthest off decides and is named. Fails where nothing of what
// it compares was recorded. Says when a percentile has too few samples.
proto::Check CheckRequested(const Condition& condition,
                            const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_REQUESTED_REQUESTED_H_
