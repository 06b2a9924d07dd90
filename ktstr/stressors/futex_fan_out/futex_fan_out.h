// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_FUTEX_FAN_OUT_FUTEX_FAN_OUT_H_
#define KTSTR_STRESSORS_FUTEX_FAN_OUT_FUTEX_FAN_OUT_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kFutexFanOut;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_FUTEX_FAN_OUT_FUTEX_FAN_OUT_H_
