// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_TEXT_SUMMARY_H_
#define KTSTR_REPORT_WRITERS_TEXT_TEXT_SUMMARY_H_

#include <string>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// What became of how many stressors, or of how many cells of a merged report,
// in one line: "3 stressors, 1 passed, 2 failed (slow, deep), in 11.5s".
std::string TextSummary(const proto::Report& report);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_TEXT_SUMMARY_H_
