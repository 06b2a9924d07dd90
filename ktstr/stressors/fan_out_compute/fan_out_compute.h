// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_FAN_OUT_COMPUTE_FAN_OUT_COMPUTE_H_
#define KTSTR_STRESSORS_FAN_OUT_COMPUTE_FAN_OUT_COMPUTE_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kFanOutCompute;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_FAN_OUT_COMPUTE_FAN_OUT_COMPUTE_H_
