// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_FORK_EXIT_FORK_EXIT_H_
#define KTSTR_STRESSORS_FORK_EXIT_FORK_EXIT_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kForkExit;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_FORK_EXIT_FORK_EXIT_H_
