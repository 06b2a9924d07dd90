// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// How a thread is scheduled: sched_setattr(2), setpriority(2) and what belongs
// to them. `tid` is a thread's id, 0 the caller. Errors name the capability,
// limit or file that was in the way (sched_refusal.h); they carry errno.
#ifndef KTSTR_BASE_SCHED_SCHED_ATTR_H_
#define KTSTR_BASE_SCHED_SCHED_ATTR_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/sched/sched_spec.h"

namespace ktstr {

// What the kernel says of a thread.
struct SchedState {
  SchedSpec spec;
  // -20 .. 19; real-time and deadline threads have one for later.
  int nice = 0;
  // Children are born normal, and not real-time or deadline.
  bool reset_on_fork = false;
  // 0 .. 1024. Both 0 without CONFIG_UCLAMP_TASK: see CheckUclamp().
  int uclamp_min = 0;
  int uclamp_max = 0;
  // Of normal and batch threads, 0 of others and before Linux 6.12.
  int64_t slice_ns = 0;
};

absl::StatusOr<SchedState> GetSched(pid_t tid);

struct SchedOptions {
  // -20 .. 19; nullopt keeps what there is.
  absl::optional<int> nice = absl::nullopt;
  bool reset_on_fork = false;
};

// Gives the thread `spec`. Clamps stay; a fair thread's slice becomes the
// kernel's own again. A deadline thread cannot fork (EAGAIN) without
// reset_on_fork. kUnimplemented where the kernel does not have the policy; ext
// without a loaded sched_ext scheduler is taken and means normal.
//
// A real-time thread that never sleeps starves everything else on its CPU up to
// the 5 % of kernel.sched_rt_runtime_us: call LimitRealTime() first.
absl::Status SetSched(pid_t tid, const SchedSpec& spec,
                      const SchedOptions& options = {});

// Utilisation clamps, 0 .. 1024 with min <= max, -1 for the default again
// (kOutOfRange otherwise). The rest stays as it is, except that a normal or
// batch thread keeps its present slice even if the kernel's own changes.
// kUnimplemented without CONFIG_UCLAMP_TASK.
absl::Status SetUclamp(pid_t tid, int min, int max);

// Whether the kernel has utilisation clamps; changes nothing.
absl::Status CheckUclamp();

absl::StatusOr<int> GetNice(pid_t tid);

// `nice` is -20 .. 19 (kOutOfRange otherwise; setpriority would cut it off
// silently). Lowering needs CAP_SYS_NICE or RLIMIT_NICE.
absl::Status SetNice(pid_t tid, int nice);

// Asks that the caller, which has to be normal or batch, is run soon after it
// wakes: a time slice of `ns`, 100 us to 100 ms, instead of the kernel's own,
// which 0 brings back (EEVDF's custom slice of Linux 6.12, which earlier
// kernels take and ignore). Policy and nice stay. A thread that is not fair
// keeps what it has, without an error.
absl::Status SetFairSlice(int64_t ns);

// The caller's SchedState::slice_ns, at the price of one call.
absl::StatusOr<int64_t> GetFairSlice();

// RLIMIT_RTTIME of the process: a thread of it that runs for `soft` in real
// time without blocking gets SIGXCPU, and SIGKILL after `hard`. Counted in
// ticks of 1 to 10 ms. Both at least 1 us, soft <= hard (kInvalidArgument);
// raising a hard limit needs CAP_SYS_RESOURCE.
absl::Status LimitRealTime(absl::Duration soft, absl::Duration hard);

// The soft limit; infinite if there is none.
absl::StatusOr<absl::Duration> GetRealTimeLimit();

}  // namespace ktstr

#endif  // KTSTR_BASE_SCHED_SCHED_ATTR_H_
