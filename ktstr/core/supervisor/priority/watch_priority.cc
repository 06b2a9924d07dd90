// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/supervisor/priority/watch_priority.h"

#include <cstdint>

#include "absl/status/status.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"

namespace ktstr {
namespace {

// The least that the kernel takes.
constexpr int64_t kSliceNs = 100'000;

constexpr SchedSpec kHighest = {.policy = SchedPolicy::kFifo,
                                .priority = SchedSpec::kMaxPriority};

}  // namespace

WatchPriority::WatchPriority(bool against_real_time) : before_(GetSched(0)) {
  if (!before_.ok()) return;
  if (against_real_time || before_->spec.IsRealTime()) {
    // To clear the flag takes a right that the rest does not.
    const SchedOptions options = {.reset_on_fork = before_->reset_on_fork};
    raised_ = SetSched(0, kHighest, options).ok();
  }
  if (!raised_) SetFairSlice(kSliceNs).IgnoreError();
}

WatchPriority::~WatchPriority() {
  if (!before_.ok()) return;
  if (raised_) {
    // It was allowed to be that before.
    SetSched(0, before_->spec,
             {.nice = before_->nice, .reset_on_fork = before_->reset_on_fork})
        .IgnoreError();
  }
  SetFairSlice(before_->slice_ns).IgnoreError();
}

}  // namespace ktstr
