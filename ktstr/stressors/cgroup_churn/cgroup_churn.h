// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_CGROUP_CHURN_CGROUP_CHURN_H_
#define KTSTR_STRESSORS_CGROUP_CHURN_CGROUP_CHURN_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kCgroupChurn;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_CGROUP_CHURN_CGROUP_CHURN_H_
