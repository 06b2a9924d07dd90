// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_LAYOUT_TABLE_H_
#define KTSTR_REPORT_WRITERS_TEXT_LAYOUT_TABLE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace ktstr {

// Lays out rows of cells in columns: names to the left, numbers to the right.
// The first row is the heading. A value; one for each table.
class Table final {
 public:
  // `names` columns at the left hold words, all others numbers. Words are
  // clipped to `name_columns`.
  Table(size_t names, size_t name_columns)
      : names_(names), name_columns_(name_columns) {}

  // Rows may be shorter than the first: they end early.
  void Add(std::vector<std::string> cells);

  // All rows, each behind `indent` spaces, columns two spaces apart, no space
  // at the end of a line.
  std::string Render(size_t indent) const;

 private:
  const size_t names_;
  const size_t name_columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<size_t> widths_;
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_LAYOUT_TABLE_H_
