// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_ABILITIES_OWN_STATUS_H_
#define KTSTR_CORE_HOST_ABILITIES_OWN_STATUS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "ktstr/base/cpu_set.h"

namespace ktstr {

// What /proc says of this process's rights. What it does not say is empty.
struct OwnStatus {
  uint64_t capabilities = 0;   // Effective ones, a bit each.
  std::optional<CpuSet> cpus;  // That it may run on.
  std::optional<int> seccomp;  // 0: no filter, 1: strict, 2: filters.
  // In another user namespace than the initial one, where the kernel's
  // capable() does not count these capabilities.
  bool in_user_namespace = false;

  // `capability` is one of linux/capability.h.
  bool Has(int capability) const;
};

// Reads `root`/proc/self/status and uid_map.
OwnStatus ReadOwnStatus(const std::string& root = "");

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_ABILITIES_OWN_STATUS_H_
