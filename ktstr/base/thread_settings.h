// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_THREAD_SETTINGS_H_
#define KTSTR_BASE_THREAD_SETTINGS_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// prctl(2) settings of the calling thread.

namespace ktstr {

// By how many ns the kernel may delay the timed sleeps of this thread to batch
// wake-ups: 50 us unless set, 0 for real-time and deadline threads.
absl::StatusOr<int64_t> GetTimerSlack();

// `ns` is at least 1: prctl would take 0 for "the default again", so it is
// refused (kInvalidArgument). Real-time threads have none and keep none,
// without an error: read it back.
absl::Status SetTimerSlack(int64_t ns);

// The name in /proc/PID/task/TID/comm. The kernel keeps 15 bytes.
absl::Status SetThreadName(absl::string_view name);

// Has the kernel SIGKILL this process when its parent dies, more exactly when
// the parent's *thread* that made it ends. kAborted if `expected_parent` is no
// longer the parent: it died first, and the caller should leave. To be called
// in each child: fork does not inherit it.
absl::Status DieWithParent(pid_t expected_parent);

}  // namespace ktstr

#endif  // KTSTR_BASE_THREAD_SETTINGS_H_
