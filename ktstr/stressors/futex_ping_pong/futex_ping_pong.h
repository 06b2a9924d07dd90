// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_FUTEX_PING_PONG_FUTEX_PING_PONG_H_
#define KTSTR_STRESSORS_FUTEX_PING_PONG_FUTEX_PING_PONG_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kFutexPingPong;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_FUTEX_PING_PONG_FUTEX_PING_PONG_H_
