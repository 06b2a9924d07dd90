// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_NUMA_MIGRATION_CHURN_NUMA_MIGRATION_CHURN_H_
#define KTSTR_STRESSORS_NUMA_MIGRATION_CHURN_NUMA_MIGRATION_CHURN_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kNumaMigrationChurn;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_NUMA_MIGRATION_CHURN_NUMA_MIGRATION_CHURN_H_
