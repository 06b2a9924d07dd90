// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_PIPE_IO_PIPE_IO_H_
#define KTSTR_STRESSORS_PIPE_IO_PIPE_IO_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kPipeIo;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_PIPE_IO_PIPE_IO_H_
