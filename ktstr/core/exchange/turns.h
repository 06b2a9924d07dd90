// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_EXCHANGE_TURNS_H_
#define KTSTR_CORE_EXCHANGE_TURNS_H_

#include <string>

#include "absl/status/statusor.h"
#include "ktstr/core/run_result.h"

namespace ktstr {

// Judges a pair of workers that take turns, a pass each, and sleep while it is
// the other's: both have the same number of turns, give or take the last one,
// and the kernel switched about once for each. Unimplemented where there were
// too few to tell.
absl::StatusOr<std::string> VerifyTurns(const GroupResult& pair);

}  // namespace ktstr

#endif  // KTSTR_CORE_EXCHANGE_TURNS_H_
