// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_YIELD_HEAVY_YIELD_HEAVY_H_
#define KTSTR_STRESSORS_YIELD_HEAVY_YIELD_HEAVY_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kYieldHeavy;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_YIELD_HEAVY_YIELD_HEAVY_H_
