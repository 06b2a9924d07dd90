// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MERGE_PLANNED_CELLS_H_
#define KTSTR_REPORT_MERGE_PLANNED_CELLS_H_

#include <string>
#include <vector>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// A cell of a merged report, or one that was planned and never ran.
struct PlannedCell {
  std::string name;
  const proto::Report* report = nullptr;  // nullptr: it never ran.
};

// The cells of `merged`, which outlives them, in the order that it planned,
// then those that it did not plan.
std::vector<PlannedCell> PlannedCells(const proto::Report& merged);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MERGE_PLANNED_CELLS_H_
