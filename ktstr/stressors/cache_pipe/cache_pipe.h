// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_CACHE_PIPE_CACHE_PIPE_H_
#define KTSTR_STRESSORS_CACHE_PIPE_CACHE_PIPE_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kCachePipe;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_CACHE_PIPE_CACHE_PIPE_H_
