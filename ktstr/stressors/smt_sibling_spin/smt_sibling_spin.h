// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_SMT_SIBLING_SPIN_SMT_SIBLING_SPIN_H_
#define KTSTR_STRESSORS_SMT_SIBLING_SPIN_SMT_SIBLING_SPIN_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kSmtSiblingSpin;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_SMT_SIBLING_SPIN_SMT_SIBLING_SPIN_H_
