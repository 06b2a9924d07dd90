// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CHECKS_EXERCISED_H_
#define KTSTR_CHECKS_EXERCISED_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// `exercised`: the stressor's own proof that the kernel did what its name
// says. SKIP where this run cannot tell.
proto::Check CheckExercised(const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_EXERCISED_H_
