// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_ISOLATION_H_
#define KTSTR_CHECKS_ISOLATION_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `isolation`: no worker was seen on a CPU outside of `options.cpus`, the set
// that it was allowed.
proto::Check CheckIsolation(const proto::Options& options,
                            const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_ISOLATION_H_
