// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_RSEQ_H_
#define KTSTR_BASE_RSEQ_H_

#include <sched.h>
#include <sys/rseq.h>

#include <cstdint>

#include "absl/base/optimization.h"

namespace ktstr {

// The CPU that the caller runs on: one load from the area that the kernel keeps
// for restartable sequences and that glibc (2.35 and later) registers for each
// thread; fork inherits it. Where it is not registered (an old kernel,
// GLIBC_TUNABLES=glibc.pthread.rseq=0) sched_getcpu(3). May be out of date by
// the time it is looked at, unless the caller is bound to one CPU.
inline uint32_t CurrentCpu() {
  if (ABSL_PREDICT_TRUE(__rseq_size != 0)) {
    const auto* area = reinterpret_cast<const struct rseq*>(
        static_cast<const char*>(__builtin_thread_pointer()) + __rseq_offset);
    // Relaxed: the kernel stores it in this thread's own context.
    const uint32_t cpu = __atomic_load_n(&area->cpu_id, __ATOMIC_RELAXED);
    // RSEQ_CPU_ID_UNINITIALIZED and _REGISTRATION_FAILED are -1 and -2.
    if (ABSL_PREDICT_TRUE(static_cast<int32_t>(cpu) >= 0)) return cpu;
  }
  // Cannot fail on a kernel that runs this program.
  return static_cast<uint32_t>(sched_getcpu());
}

}  // namespace ktstr

#endif  // KTSTR_BASE_RSEQ_H_
