// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_ASYMMETRIC_WAKER_ASYMMETRIC_WAKER_H_
#define KTSTR_STRESSORS_ASYMMETRIC_WAKER_ASYMMETRIC_WAKER_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kAsymmetricWaker;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_ASYMMETRIC_WAKER_ASYMMETRIC_WAKER_H_
