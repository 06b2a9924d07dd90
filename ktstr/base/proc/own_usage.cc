// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/own_usage.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <cstdint>

#include "ktstr/base/clock.h"

namespace ktstr {
namespace {

constexpr int64_t kNanosPerMicro = 1000;

int64_t Nanos(const struct timeval& time) {
  return time.tv_sec * kNanosPerSecond + time.tv_usec * kNanosPerMicro;
}

}  // namespace

int64_t FamilyCpuNanos() {
  int64_t sum = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    struct rusage usage;  // Cannot fail: every kernel has both.
    getrusage(who, &usage);
    sum += Nanos(usage.ru_utime) + Nanos(usage.ru_stime);
  }
  return sum;
}

}  // namespace ktstr
