// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/merge/merge_reports.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ktstr/report/merge/planned_cells.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/verdict.h"

namespace ktstr {
namespace {

struct Cell {
  std::string name;             // Not unique yet.
  const proto::Report* report;  // nullptr: planned, and never ran.
  bool named_by_machine = false;
};

Cell CellOf(const NamedReport& named) {
  const proto::Report& report = named.report;
  if (!report.cell().empty()) return {report.cell(), &report};
  if (!report.vm().topology().empty()) {
    return {report.vm().topology(), &report, /*named_by_machine=*/true};
  }
  return {named.name, &report};
}

// Adds to the names that are machines what else tells them apart, if that is
// not the same for all of them.
void AddWhereDifferent(std::vector<Cell>& cells,
                       std::string (*trait)(const proto::Report& report)) {
  std::set<std::string> seen;
  for (const Cell& cell : cells) {
    if (cell.named_by_machine) seen.insert(trait(*cell.report));
  }
  if (seen.size() < 2) return;
  for (Cell& cell : cells) {
    if (!cell.named_by_machine) continue;
    const std::string value = trait(*cell.report);
    if (!value.empty()) absl::StrAppend(&cell.name, " ", value);
  }
}

std::string KernelRelease(const proto::Report& report) {
  return report.host().kernel_release();
}

std::string SchedulerName(const proto::Report& report) {
  return report.scheduler().ops();
}

void MakeUnique(std::vector<Cell>& cells) {
  std::set<std::string> taken;
  for (Cell& cell : cells) {
    const std::string name = cell.name;
    for (int i = 2; !taken.insert(cell.name).second; ++i) {
      cell.name = absl::StrCat(name, ".", i);
    }
  }
}

void AddTimes(const proto::Report& report, proto::Report& merged) {
  const int64_t started = report.started_unix_ns();
  if (started != 0 &&
      (merged.started_unix_ns() == 0 || started < merged.started_unix_ns())) {
    merged.set_started_unix_ns(started);
  }
  merged.set_ended_unix_ns(
      std::max(merged.ended_unix_ns(), report.ended_unix_ns()));
}

}  // namespace

absl::StatusOr<proto::Report> MergeReports(
    absl::Span<const NamedReport> reports) {
  if (reports.empty()) {
    return absl::InvalidArgumentError("there is no report to merge");
  }
  std::vector<Cell> cells;
  proto::Report merged;
  merged.set_version(reports[0].report.version());
  for (const NamedReport& named : reports) {
    AddTimes(named.report, merged);
    if (merged.interrupted_by() == 0) {
      merged.set_interrupted_by(named.report.interrupted_by());
    }
    if (IsMerged(named.report)) {
      for (const PlannedCell& cell : PlannedCells(named.report)) {
        cells.push_back({cell.name, cell.report});
      }
    } else {
      cells.push_back(CellOf(named));
    }
  }
  AddWhereDifferent(cells, KernelRelease);
  AddWhereDifferent(cells, SchedulerName);
  MakeUnique(cells);
  for (const Cell& cell : cells) {
    merged.add_planned_cells(cell.name);
    if (cell.report == nullptr) continue;
    proto::Report& added = *merged.add_cells();
    added = *cell.report;
    added.set_cell(cell.name);
  }
  Conclude(merged.ended_unix_ns(), merged);
  return merged;
}

}  // namespace ktstr
