// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_CACHE_PRESSURE_CACHE_PRESSURE_H_
#define KTSTR_STRESSORS_CACHE_PRESSURE_CACHE_PRESSURE_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kCachePressure;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_CACHE_PRESSURE_CACHE_PRESSURE_H_
