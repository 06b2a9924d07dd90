// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_PRIORITY_INVERSION_PRIORITY_INVERSION_H_
#define KTSTR_STRESSORS_PRIORITY_INVERSION_PRIORITY_INVERSION_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kPriorityInversion;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_PRIORITY_INVERSION_PRIORITY_INVERSION_H_
