// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_COMPLETED_H_
#define KTSTR_CHECKS_COMPLETED_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `completed`: every worker ended by itself and in time, and nothing cut the
// run short. Names the first worker that did not, and how it went.
proto::Check CheckCompleted(const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_COMPLETED_H_
