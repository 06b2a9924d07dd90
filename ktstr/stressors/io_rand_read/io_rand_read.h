// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_IO_RAND_READ_IO_RAND_READ_H_
#define KTSTR_STRESSORS_IO_RAND_READ_IO_RAND_READ_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kIoRandRead;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_IO_RAND_READ_IO_RAND_READ_H_
