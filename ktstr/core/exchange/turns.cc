// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/exchange/turns.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/run_result.h"

namespace ktstr {
namespace {

// A turn is one switch; less where a partner on another CPU answers before
// the worker has gone to sleep.
constexpr double kMinSwitchesPerTurn = 0.5;
// Of so few, the switches at start and end are a large part.
constexpr uint64_t kFewTurns = 20;

}  // namespace

absl::StatusOr<std::string> VerifyTurns(const GroupResult& pair) {
  KTSTR_RETURN_IF_ERROR(pair.RequireUsage());
  const auto [least, most] =
      std::minmax(pair.workers[0].iterations, pair.workers[1].iterations);
  if (most > least + 1) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "partners did not take turns: one had %d, one %d", least, most));
  }
  if (most != 0 && pair.Iterations() < kFewTurns) {
    return absl::UnimplementedError(
        absl::StrFormat("%d turns are too few to tell", pair.Iterations()));
  }
  const double per_turn = static_cast<double>(pair.Switches()) /
                          static_cast<double>(pair.Iterations());
  // False for no turn at all (0 / 0).
  if (per_turn >= kMinSwitchesPerTurn) {
    return absl::StrFormat("%.2f switches per turn", per_turn);
  }
  return absl::FailedPreconditionError(
      absl::StrFormat("%d turns, but only %d context switches",
                      pair.Iterations(), pair.Switches()));
}

}  // namespace ktstr
