// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/priority_inversion/priority_inversion.h"

#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/core/stressor.h"
#include "ktstr/stressors/priority_inversion/inversion.h"

namespace ktstr {
namespace {

constexpr const char* kLocks[] = {"plain", "pi"};
constexpr FieldDef kFields[] = {
    Field<&Inversion::Params::high>(
        "high", "workers of a group at fifo:70 that want the lock", 1, 16),
    Field<&Inversion::Params::medium>(
        "medium", "workers at fifo:50 that want the CPU", 1, 16),
    Field<&Inversion::Params::low>(
        "low", "workers at fifo:30 that want the lock", 1, 16),
    Field<&Inversion::Params::hold_iters>(
        "hold_iters", "rounds of spinning with the lock held", 1, 1 << 20),
    Field<&Inversion::Params::work_iters>(
        "work_iters", "rounds of spinning before each acquisition", 0, 1 << 20),
    EnumField<&Inversion::Params::lock>(
        "lock", "a futex, without or with priority inheritance", kLocks),
};
constexpr Metric kMetrics[] = {Metric::kAcquireTime};

}  // namespace

constinit const StressorDef kPriorityInversion = DefineStressor<Inversion>({
    .name = "priority_inversion",
    .summary = "real-time workers of three priorities and a lock",
    .kernel_path = "rt_mutex priority chains, or inversion without them",
    .needs = "CAP_SYS_NICE or RLIMIT_RTPRIO, and a second CPU",
    .proof = "policies and CPU are read back while running, and medium runs "
             "while high waits for a plain lock, but not for one with "
             "inheritance",
    .fields = kFields,
    .metrics = kMetrics,
    .real_time = true,
    .own_place = true,
});

}  // namespace ktstr
