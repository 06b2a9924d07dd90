// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/cells_table.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ktstr/report/merge/planned_cells.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/text/cells_rows.h"
#include "ktstr/report/writers/text/layout/table.h"

namespace ktstr {
namespace {

constexpr size_t kIndent = 2;
constexpr size_t kBetween = 2;  // Of columns, as Table has it.

// "  waiter wake_latency.remote p99" fits.
constexpr size_t kLabelColumns = 32;
// A number takes nine, "not started" more; a kernel's release is cut.
constexpr size_t kValueColumns = 12;
constexpr size_t kHeadingLines = 4;

struct Column {
  std::vector<std::string> heading;  // Lines, the first on top.
  std::vector<std::string> values;   // By row; shorter where a row has none.
  size_t width = 0;
};

// `name` in pieces between which a line may end: after what parts words and
// numbers in the names of kernels.
std::vector<std::string> Pieces(const std::string& name) {
  std::vector<std::string> pieces = {""};
  for (const char c : OneLine(name)) {
    pieces.back() += c;
    if (absl::StrContains(" -+_", c)) pieces.emplace_back();
  }
  return pieces;
}

// A name in lines as narrow as a value; what is beyond the last is cut.
std::vector<std::string> Heading(const std::string& name) {
  std::vector<std::string> lines = {""};
  for (const std::string& piece : Pieces(name)) {
    if (ColumnsOf(lines.back()) + ColumnsOf(piece) <= kValueColumns) {
      absl::StrAppend(&lines.back(), piece);
      continue;
    }
    if (lines.back().empty()) lines.pop_back();
    const std::string broken = Paragraph("", 0, piece, kValueColumns);
    for (const auto part : absl::StrSplit(broken, '\n', absl::SkipEmpty())) {
      lines.emplace_back(part);
    }
  }
  if (lines.size() > kHeadingLines) {
    lines.resize(kHeadingLines);
    // One more than fits, so that there is a mark.
    lines.back().resize(lines.back().size() + kValueColumns, ' ');
    lines.back() = Clip(lines.back(), kValueColumns);
  }
  for (std::string& line : lines) absl::StripAsciiWhitespace(&line);
  return lines;
}

Column MakeColumn(const PlannedCell& cell, size_t index,
                  const std::vector<CellsRow>& rows) {
  Column column;
  column.heading = Heading(cell.name);
  for (const CellsRow& row : rows) {
    column.values.push_back(
        row.values.empty() ? "" : Clip(row.values[index], kValueColumns));
  }
  for (const auto* texts : {&column.heading, &column.values}) {
    for (const std::string& text : *texts) {
      column.width = std::max(column.width, ColumnsOf(text));
    }
  }
  return column;
}

std::string Render(const std::vector<CellsRow>& rows,
                   const std::vector<Column>& columns, size_t begin,
                   size_t end) {
  Table table(/*names=*/1, kLabelColumns);
  size_t heading = 0;
  for (size_t i = begin; i < end; ++i) {
    heading = std::max(heading, columns[i].heading.size());
  }
  for (size_t line = 0; line < heading; ++line) {
    std::vector<std::string> texts = {""};
    for (size_t i = begin; i < end; ++i) {
      const std::vector<std::string>& lines = columns[i].heading;
      texts.push_back(line < lines.size() ? lines[line] : "");
    }
    table.Add(std::move(texts));
  }
  for (size_t row = 0; row < rows.size(); ++row) {
    std::vector<std::string> texts = {rows[row].label};
    for (size_t i = begin; i < end; ++i) {
      texts.push_back(columns[i].values[row]);
    }
    table.Add(std::move(texts));
  }
  return table.Render(kIndent);
}

}  // namespace

std::string CellsTable(const proto::Report& merged) {
  const std::vector<PlannedCell> cells = PlannedCells(merged);
  const std::vector<CellsRow> rows = CellsRows(cells);
  size_t label = 0;
  for (const CellsRow& row : rows) {
    label = std::max(label, ColumnsOf(Clip(row.label, kLabelColumns)));
  }
  std::vector<Column> columns;
  for (size_t i = 0; i < cells.size(); ++i) {
    columns.push_back(MakeColumn(cells[i], i, rows));
  }
  std::string text;
  for (size_t begin = 0; begin < columns.size();) {
    size_t end = begin;
    size_t width = kIndent + label;
    // One always fits: what it can take is bounded.
    while (end < columns.size() &&
           width + kBetween + columns[end].width <= kTextColumns) {
      width += kBetween + columns[end].width;
      ++end;
    }
    absl::StrAppend(&text, begin == 0 ? "" : "\n",
                    Render(rows, columns, begin, end));
    begin = end;
  }
  return text;
}

}  // namespace ktstr
