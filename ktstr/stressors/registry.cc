// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/stressors/registry.h"

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/core/stressor.h"
#include "ktstr/stressors/affinity_churn/affinity_churn.h"
#include "ktstr/stressors/alu_hot/alu_hot.h"
#include "ktstr/stressors/asymmetric_waker/asymmetric_waker.h"
#include "ktstr/stressors/bursty/bursty.h"
#include "ktstr/stressors/cache_pipe/cache_pipe.h"
#include "ktstr/stressors/cache_pressure/cache_pressure.h"
#include "ktstr/stressors/cache_yield/cache_yield.h"
#include "ktstr/stressors/cgroup_churn/cgroup_churn.h"
#include "ktstr/stressors/cross_affinity_churn/cross_affinity_churn.h"
#include "ktstr/stressors/custom/custom.h"
#include "ktstr/stressors/epoll_storm/epoll_storm.h"
#include "ktstr/stressors/fan_out_compute/fan_out_compute.h"
#include "ktstr/stressors/fork_exit/fork_exit.h"
#include "ktstr/stressors/futex_fan_out/futex_fan_out.h"
#include "ktstr/stressors/futex_ping_pong/futex_ping_pong.h"
#include "ktstr/stressors/idle_churn/idle_churn.h"
#include "ktstr/stressors/io_convoy/io_convoy.h"
#include "ktstr/stressors/io_rand_read/io_rand_read.h"
#include "ktstr/stressors/io_sync_write/io_sync_write.h"
#include "ktstr/stressors/ipc_variance/ipc_variance.h"
#include "ktstr/stressors/mixed/mixed.h"
#include "ktstr/stressors/mutex_contention/mutex_contention.h"
#include "ktstr/stressors/nice_sweep/nice_sweep.h"
#include "ktstr/stressors/numa_migration_churn/numa_migration_churn.h"
#include "ktstr/stressors/numa_working_set_sweep/numa_working_set_sweep.h"
#include "ktstr/stressors/page_fault_churn/page_fault_churn.h"
#include "ktstr/stressors/pipe_io/pipe_io.h"
#include "ktstr/stressors/policy_churn/policy_churn.h"
#include "ktstr/stressors/preempt_storm/preempt_storm.h"
#include "ktstr/stressors/priority_inversion/priority_inversion.h"
#include "ktstr/stressors/producer_consumer_imbalance/producer_consumer_imbalance.h"
#include "ktstr/stressors/rt_starvation/rt_starvation.h"
#include "ktstr/stressors/sequence/sequence.h"
#include "ktstr/stressors/signal_storm/signal_storm.h"
#include "ktstr/stressors/smt_sibling_spin/smt_sibling_spin.h"
#include "ktstr/stressors/spin_wait/spin_wait.h"
#include "ktstr/stressors/thundering_herd/thundering_herd.h"
#include "ktstr/stressors/wake_chain/wake_chain.h"
#include "ktstr/stressors/yield_heavy/yield_heavy.h"

namespace ktstr {
namespace {

constexpr const StressorDef* kStressors[] = {
    &kAffinityChurn,
    &kAluHot,
    &kAsymmetricWaker,
    &kBursty,
    &kCachePipe,
    &kCachePressure,
    &kCacheYield,
    &kCgroupChurn,
    &kCrossAffinityChurn,
    &kCustom,
    &kEpollStorm,
    &kFanOutCompute,
    &kForkExit,
    &kFutexFanOut,
    &kFutexPingPong,
    &kIdleChurn,
    &kIoConvoy,
    &kIoRandRead,
    &kIoSyncWrite,
    &kIpcVariance,
    &kMixed,
    &kMutexContention,
    &kNiceSweep,
    &kNumaMigrationChurn,
    &kNumaWorkingSetSweep,
    &kPageFaultChurn,
    &kPipeIo,
    &kPolicyChurn,
    &kPreemptStorm,
    &kPriorityInversion,
    &kProducerConsumerImbalance,
    &kRtStarvation,
    &kSequence,
    &kSignalStorm,
    &kSmtSiblingSpin,
    &kSpinWait,
    &kThunderingHerd,
    &kWakeChain,
    &kYieldHeavy,
};

}  // namespace

absl::Span<const StressorDef* const> AllStressors() { return kStressors; }

const StressorDef* FindStressor(absl::string_view name) {
  for (const StressorDef* def : kStressors) {
    if (name == def->name) return def;
  }
  return nullptr;
}

}  // namespace ktstr
