// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_NOT_STARVED_H_
#define KTSTR_CHECKS_NOT_STARVED_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `not_starved`: every worker of every role finished at least one iteration.
// Names the first that did not, or the one that got on least. SKIP if those
// that did not had a tenth of their share of the CPUs or more, as the kernel
// counted: then their first pass takes longer than the run. SKIP too in an
// emulated machine whose CPUs stand still most of the time.
proto::Check CheckNotStarved(const proto::Options& options,
                             const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_NOT_STARVED_H_
