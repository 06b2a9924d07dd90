// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_TEXT_FINDINGS_H_
#define KTSTR_REPORT_WRITERS_TEXT_TEXT_FINDINGS_H_

#include <string>

#include "ktstr/report/report.pb.h"

namespace ktstr {

// What the tables average away, in lines of at most kTextColumns: the worst
// worker and the longest gap, workers that were lost, calls that failed, what
// of their placement is not as asked (PlacementFindings), and what the host did
// meanwhile.
std::string TextFindings(const proto::Host& context,
                         const proto::Stressor& stressor);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_TEXT_FINDINGS_H_
