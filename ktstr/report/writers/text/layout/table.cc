// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/layout/table.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {

void Table::Add(std::vector<std::string> cells) {
  widths_.resize(std::max(widths_.size(), cells.size()));
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i < names_) cells[i] = Clip(cells[i], name_columns_);
    widths_[i] = std::max(widths_[i], ColumnsOf(cells[i]));
  }
  rows_.push_back(std::move(cells));
}

std::string Table::Render(size_t indent) const {
  std::string out;
  for (const std::vector<std::string>& row : rows_) {
    std::string line(indent, ' ');
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths_[i] - ColumnsOf(row[i]), ' ');
      if (i != 0) line += "  ";
      absl::StrAppend(&line, i < names_ ? "" : padding, row[i],
                      i < names_ ? padding : "");
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&out, line, "\n");
  }
  return out;
}

}  // namespace ktstr
