// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/churn/siblings.h"

#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/futex.h"
#include "ktstr/base/proc/task_counters.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/stressor.h"
#include "ktstr/core/worker/worker.h"

namespace ktstr {
namespace {

// How long after the stop a sibling may take for its last call. Only one that
// is stopped or was killed in the middle of it needs more.
constexpr int64_t kLastCallNs = kNanosPerSecond;
// Between two looks at whether it is there at all.
constexpr int64_t kLookNs = 5'000'000;

}  // namespace

absl::Status Siblings::Prepare(Preparation& preparation) {
  size_ = preparation.workers() / preparation.groups();
  KTSTR_ASSIGN_OR_RETURN(groups_,
                         preparation.Share<Group>(preparation.groups()));
  KTSTR_ASSIGN_OR_RETURN(members_,
                         preparation.Share<Member>(preparation.workers()));
  return absl::OkStatus();
}

bool Siblings::Enter(Worker& worker) {
  // Relaxed: the arrival publishes it.
  MemberOf(worker, worker.position())
      .tid.store(gettid(), std::memory_order_relaxed);
  return groups_[worker.group()].entered.Meet(worker, size_);
}

bool Siblings::Begin(Worker& worker) {
  if (!groups_[worker.group()].begun.Meet(worker, size_)) return false;
  MemberOf(worker, worker.position()).state.store(kAtWork);
  return true;
}

void Siblings::Leave(Worker& worker) {
  Member& me = MemberOf(worker, worker.position());
  me.state.store(kThrough);
  worker.WakeWord(me.state, std::numeric_limits<int>::max());
  int64_t deadline = 0;
  for (uint32_t i = 0; i < size_; ++i) {
    Member& sibling = MemberOf(worker, i);
    if (worker.AwaitWord(sibling.state,
                         [](uint32_t state) { return state == kThrough; })) {
      continue;
    }
    if (deadline == 0) deadline = MonotonicNanos() + kLastCallNs;
    AwaitLastCall(sibling, deadline);
  }
}

// After the stop: one that is not at work yet sees it before its first call.
void Siblings::AwaitLastCall(Member& sibling, int64_t deadline) {
  while (sibling.state.load() == kAtWork) {
    const int64_t now = MonotonicNanos();
    if (now >= deadline) return;
    const pid_t tid = sibling.tid.load(std::memory_order_relaxed);
    // ESRCH, or a zombie: it was killed.
    if (!GetAffinity(tid).ok() || ReadTaskState(tid, tid) == 'Z') return;
    // However it ends, the state tells.
    FutexWaitUntil(sibling.state, kAtWork, now + kLookNs)
        .status()
        .IgnoreError();
  }
}

pid_t Siblings::TidOf(const Worker& worker, uint32_t position) const {
  return MemberOf(worker, position).tid.load(std::memory_order_relaxed);
}

bool Siblings::IsGone(const Worker& worker, uint32_t position) const {
  return MemberOf(worker, position).state.load() == kThrough;
}

void Siblings::MarkDead(const Worker& worker, uint32_t position) {
  MemberOf(worker, position).state.store(kThrough);
}

}  // namespace ktstr
