// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_NICE_SWEEP_NICE_SWEEP_H_
#define KTSTR_STRESSORS_NICE_SWEEP_NICE_SWEEP_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kNiceSweep;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_NICE_SWEEP_NICE_SWEEP_H_
