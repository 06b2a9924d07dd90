// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What may be asked of a run with --check, as text and as data.
#ifndef KTSTR_CHECKS_REQUESTED_CONDITION_H_
#define KTSTR_CHECKS_REQUESTED_CONDITION_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace ktstr {

enum class Unit { kNanos, kPercent, kPerSecond, kCount, kFraction };

enum class Comparison { kLess, kAtMost, kMore, kAtLeast };

// [stressor=NAME] [role=NAME] QUANTITY OPERATOR BOUND, as in
// "role=stage wake_latency.p99<500us". Holds for a stressor if it does for
// each of its roles that records the quantity.
//
//   quantity             statistic                       bound
//   any metric           mean min max pN (p50, p999)     a duration
//   any metric           count                           a number
//   iterations           count rate                      a number
//   migrations           count rate                      a number
//   switches             count rate                      a number
//   spread               -                               per cent
//   run_delay            -                               per cent
//   cpu_share            -                               per cent
//   node_locality        -                               0 to 1, or per cent
//
// wake_latency takes .local and .remote together. Rates are those of a whole
// role, per second of the run. Migrations and switches (of both kinds) are
// the kernel's counts. spread is how far apart the workers of a role are:
// most minus least iterations, of their mean. run_delay and cpu_share are
// shares of the time that the workers of the role ran for. node_locality is the
// share of their pages that was on the node where each of them ended.
struct Condition {
  std::string name;       // Stable: "role=stage,wake_latency.p99<500us".
  std::string stressor;   // Alias that it is meant for; empty: every.
  std::string role;       // Empty: every.
  std::string quantity;   // "wake_latency", "iterations".
  std::string statistic;  // "p99", "rate"; empty where there is none.
  double percentile = 0;  // Of a statistic like p99: 99.
  Unit unit = Unit::kCount;
  Comparison comparison = Comparison::kLess;
  double bound = 0;  // In `unit`.
};

// Reads one condition. InvalidArgument says what cannot be read and what
// there is to choose from, in one line.
absl::StatusOr<Condition> ParseCondition(absl::string_view text);

// Returns whether `value`, in the unit of `condition`, satisfies it.
bool Satisfies(double value, const Condition& condition);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_REQUESTED_CONDITION_H_
