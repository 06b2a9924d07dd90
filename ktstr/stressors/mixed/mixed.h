// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_MIXED_MIXED_H_
#define KTSTR_STRESSORS_MIXED_MIXED_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kMixed;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_MIXED_MIXED_H_
