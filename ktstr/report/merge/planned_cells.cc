// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/merge/planned_cells.h"

#include <algorithm>
#include <string>
#include <vector>

#include "ktstr/report/report.pb.h"

namespace ktstr {

std::vector<PlannedCell> PlannedCells(const proto::Report& merged) {
  std::vector<PlannedCell> cells;
  std::vector<const proto::Report*> left;
  for (const proto::Report& cell : merged.cells()) left.push_back(&cell);
  for (const std::string& name : merged.planned_cells()) {
    const auto found = std::find_if(
        left.begin(), left.end(),
        [&name](const proto::Report* cell) { return cell->cell() == name; });
    cells.push_back({name, found == left.end() ? nullptr : *found});
    if (found != left.end()) left.erase(found);
  }
  for (const proto::Report* cell : left) cells.push_back({cell->cell(), cell});
  return cells;
}

}  // namespace ktstr
