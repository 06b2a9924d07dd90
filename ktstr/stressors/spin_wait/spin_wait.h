// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_SPIN_WAIT_SPIN_WAIT_H_
#define KTSTR_STRESSORS_SPIN_WAIT_SPIN_WAIT_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kSpinWait;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_SPIN_WAIT_SPIN_WAIT_H_
