// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_IO_CONVOY_IO_CONVOY_H_
#define KTSTR_STRESSORS_IO_CONVOY_IO_CONVOY_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kIoConvoy;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_IO_CONVOY_IO_CONVOY_H_
