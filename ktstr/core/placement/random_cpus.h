// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_PLACEMENT_RANDOM_CPUS_H_
#define KTSTR_CORE_PLACEMENT_RANDOM_CPUS_H_

#include <cstdint>

#include "ktstr/base/cpu_set.h"

namespace ktstr {

// Returns `count` different ones of `cpus`, which has as many (checked), each
// choice as likely as any other. It depends on the arguments only, not on host,
// compiler or library; `worker` tells apart those who draw from one seed.
CpuSet RandomCpus(const CpuSet& cpus, uint32_t count, uint64_t seed,
                  uint64_t worker);

}  // namespace ktstr

#endif  // KTSTR_CORE_PLACEMENT_RANDOM_CPUS_H_
