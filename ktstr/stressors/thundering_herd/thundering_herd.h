// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_THUNDERING_HERD_THUNDERING_HERD_H_
#define KTSTR_STRESSORS_THUNDERING_HERD_THUNDERING_HERD_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kThunderingHerd;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_THUNDERING_HERD_THUNDERING_HERD_H_
