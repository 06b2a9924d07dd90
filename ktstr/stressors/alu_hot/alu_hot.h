// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_ALU_HOT_ALU_HOT_H_
#define KTSTR_STRESSORS_ALU_HOT_ALU_HOT_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kAluHot;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_ALU_HOT_ALU_HOT_H_
