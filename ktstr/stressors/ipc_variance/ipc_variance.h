// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_IPC_VARIANCE_IPC_VARIANCE_H_
#define KTSTR_STRESSORS_IPC_VARIANCE_IPC_VARIANCE_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kIpcVariance;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_IPC_VARIANCE_IPC_VARIANCE_H_
