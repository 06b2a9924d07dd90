// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/own_usage.h"

#include <sys/resource.h>

#include <cstdint>

#include "ktstr/base/clock.h"

namespace ktstr {

int64_t FamilyCpuNanos() {
  int64_t sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    struct rusage usage;  // Cannot fail: every kernel has both.
    getrusage(who, &usage);
    sum += ToNanos(usage.ru_utime) + ToNanos(usage.ru_stime);
  }
  return sum;
}

}  // namespace ktstr
