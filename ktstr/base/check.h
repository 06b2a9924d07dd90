// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_CHECK_H_
#define KTSTR_BASE_CHECK_H_

#include "absl/base/optimization.h"

// Ends the process with abort() when `condition` is false, after one line on
// standard error that says where. For our own mistakes only: what the machine
// may refuse is an absl::Status. Uses nothing but writev(2) and abort(), so it
// is safe in a forked child and in a signal handler.
#define KTSTR_CHECK(condition)                     \
  (ABSL_PREDICT_TRUE(static_cast<bool>(condition)) \
       ? static_cast<void>(0)                      \
       : ::ktstr::internal_check::Fail(__FILE__, __LINE__, #condition))

namespace ktstr::internal_check {

[[noreturn]] void Fail(const char* file, int line, const char* condition);

}  // namespace ktstr::internal_check

#endif  // KTSTR_BASE_CHECK_H_
