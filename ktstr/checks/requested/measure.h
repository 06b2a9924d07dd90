// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The number that a condition is about, found in a report.
#ifndef KTSTR_CHECKS_REQUESTED_MEASURE_H_
#define KTSTR_CHECKS_REQUESTED_MEASURE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "ktstr/checks/requested/condition.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

struct Measurement {
  double value = 0;  // In the unit of the condition.
  // How many samples a statistic of a metric comes from.
  absl::optional<uint64_t> samples;
  std::string caveat;  // What its reader has to know; may be empty.
};

// Returns what `condition` compares, for one role of `stressor`. NotFound,
// with the reason, where the role did not record it: that is never 0.
absl::StatusOr<Measurement> Measure(const Condition& condition,
                                    const proto::Stressor& stressor,
                                    const proto::Role& role);

}  // namespace ktstr

#endif  // KTSTR_CHECKS_REQUESTED_MEASURE_H_
