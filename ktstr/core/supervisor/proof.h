// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Whether a stressor did to the kernel what it claims, over all its groups.
#ifndef KTSTR_CORE_SUPERVISOR_PROOF_H_
#define KTSTR_CORE_SUPERVISOR_PROOF_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "ktstr/core/run_result.h"
#include "ktstr/core/stressor.h"

namespace ktstr {

// Returns the line of the first group and how many more agree with it; where
// it does not hold for one, that group's error; where it can only not be judged
// for one, that group's Unimplemented. A proof without all of its workers is an
// error: their part is not known.
absl::StatusOr<std::string> JudgeProof(const Stressor& stressor,
                                       const StressorResult& result,
                                       uint32_t cpus);

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_PROOF_H_
