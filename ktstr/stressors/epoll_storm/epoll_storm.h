// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_STRESSORS_EPOLL_STORM_EPOLL_STORM_H_
#define KTSTR_STRESSORS_EPOLL_STORM_EPOLL_STORM_H_

#include "ktstr/core/stressor.h"

namespace ktstr {

extern const StressorDef kEpollStorm;

}  // namespace ktstr

#endif  // KTSTR_STRESSORS_EPOLL_STORM_EPOLL_STORM_H_
