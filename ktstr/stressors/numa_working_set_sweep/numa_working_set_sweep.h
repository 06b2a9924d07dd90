// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_NUMA_WORKING_SET_SWEEP_H_
#define KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_NUMA_WORKING_SET_SWEEP_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kNumaWorkingSetSweep;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_NUMA_WORKING_SET_SWEEP_NUMA_WORKING_SET_SWEEP_H_
