// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_TEXT_TABLES_H_
#define KTSTR_REPORT_WRITERS_TEXT_TEXT_TABLES_H_

#include <string>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// The tables of the text output, in lines of at most kTextColumns. What was
// not measured is "-".

// A row for each role: how much it did, and what the kernel did for it.
// Shares are of the workers' time: 100 % on CPU is a CPU for each of them.
std::string RoleTable(const proto::Stressor& stressor);

// A row for each metric of each role, gaps last.
std::string LatencyTable(const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_TEXT_TABLES_H_
