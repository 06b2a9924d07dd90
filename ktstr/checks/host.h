// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_HOST_H_
#define KTSTR_CHECKS_HOST_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `host`: the kernel logged no fault during the run, and the same scheduler
// was in charge before and after it. Says so when the log was not watched.
proto::Check CheckHost(const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_HOST_H_
