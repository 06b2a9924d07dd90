// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_NO_ERRORS_H_
#define KTSTR_CHECKS_NO_ERRORS_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `no_errors`: no system call of a worker failed that should not have. Names
// the call that failed most often, with its errno.
proto::Check CheckNoErrors(const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_NO_ERRORS_H_
