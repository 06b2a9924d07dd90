// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_CACHE_YIELD_CACHE_YIELD_H_
#define KTSTR_STRESSORS_CACHE_YIELD_CACHE_YIELD_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kCacheYield;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_CACHE_YIELD_CACHE_YIELD_H_
