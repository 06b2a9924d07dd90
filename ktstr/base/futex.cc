// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/futex.h"

#include "absl/status/status.h"
#include "ktstr/base/posix_error.h"

namespace ktstr::internal_futex {

absl::Status Error(const char* operation, int error) {
  return PosixError(error, operation);
}

}  // namespace ktstr::internal_futex
