// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_TOPOLOGY_CACHE_SIZE_H_
#define KTSTR_TOPOLOGY_CACHE_SIZE_H_

#include <cstdint>
#include <string>

#include "ktstr/base/cpu_set.h"

namespace ktstr {

// Bytes of the largest second-level cache that one of `cpus` has, as the files
// under `root`/sys/devices/system/cpu say (tests fake a root). 0 if they do
// not.
int64_t ReadL2Bytes(const CpuSet& cpus, const std::string& root = "");

}  // namespace ktstr

#endif  // KTSTR_TOPOLOGY_CACHE_SIZE_H_
