// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_CELLS_ROWS_H_
#define KTSTR_REPORT_WRITERS_TEXT_CELLS_ROWS_H_

#include <string>
#include <vector>

#include "ktstr/report/merge/planned_cells.h"

namespace ktstr {

struct CellsRow {
  std::string label;                // Without values: begins a section.
  std::vector<std::string> values;  // For each cell; "-": not measured.
};

// What a scheduler developer compares between cells: what each cell was and
// came to; for each stressor its verdict, how much it did, what the kernel did
// for it, how fair that was, and its latencies (of wake-ups where it has any).
// Rows that no cell has a value for are left out.
std::vector<CellsRow> CellsRows(const std::vector<PlannedCell>& cells);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_CELLS_ROWS_H_
