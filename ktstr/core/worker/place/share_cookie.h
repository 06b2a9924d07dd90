// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_WORKER_PLACE_SHARE_COOKIE_H_
#define KTSTR_CORE_WORKER_PLACE_SHARE_COOKIE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/core/worker/worker_record.h"

namespace ktstr {

// Gives the calling thread the core scheduling cookie of the worker `leader`
// and returns its number. Waits until that one is ready, `timeout_ns` at most
// (kDeadlineExceeded); a leader waits for nobody, so that nobody waits for
// ever. kFailedPrecondition if the leader has none, or has failed.
absl::StatusOr<uint64_t> TakeCookieOf(const WorkerRecord& leader,
                                      int64_t timeout_ns);

// Waits for `leader` as above.
absl::Status AwaitReady(const WorkerRecord& leader, int64_t timeout_ns);

}  // namespace ktstr

#endif  // KTSTR_CORE_WORKER_PLACE_SHARE_COOKIE_H_
