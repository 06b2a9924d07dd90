// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_WAKE_CHAIN_WAKE_CHAIN_H_
#define KTSTR_STRESSORS_WAKE_CHAIN_WAKE_CHAIN_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kWakeChain;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_WAKE_CHAIN_WAKE_CHAIN_H_
