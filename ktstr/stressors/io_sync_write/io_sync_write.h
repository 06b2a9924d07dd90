// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_IO_SYNC_WRITE_IO_SYNC_WRITE_H_
#define KTSTR_STRESSORS_IO_SYNC_WRITE_IO_SYNC_WRITE_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kIoSyncWrite;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_IO_SYNC_WRITE_IO_SYNC_WRITE_H_
