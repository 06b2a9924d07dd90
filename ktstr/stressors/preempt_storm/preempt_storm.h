// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_PREEMPT_STORM_PREEMPT_STORM_H_
#define KTSTR_STRESSORS_PREEMPT_STORM_PREEMPT_STORM_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kPreemptStorm;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_PREEMPT_STORM_PREEMPT_STORM_H_
