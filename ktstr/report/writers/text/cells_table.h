// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_CELLS_TABLE_H_
#define KTSTR_REPORT_WRITERS_TEXT_CELLS_TABLE_H_

#include <string>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// The cells of a merged report beside each other: a column for each, the rows
// of CellsRows. Lines of at most kTextColumns; where there are more cells than
// fit, several tables below each other, parted by an empty line.
std::string CellsTable(const proto::Report& merged);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_CELLS_TABLE_H_
