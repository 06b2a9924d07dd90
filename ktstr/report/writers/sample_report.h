// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_SAMPLE_REPORT_H_
#define KTSTR_REPORT_WRITERS_SAMPLE_REPORT_H_

#include "ktstr/report/report.pb.h"

namespace ktstr {

// For tests: a finished report of four planned stressors, one each that
// passed, failed and was skipped, and one that did not run. All its numbers
// differ, so that one in the wrong place shows.
proto::Report SampleReport();

// `report` with the longest texts and largest numbers that there can be, in
// every field that has a value.
proto::Report Exaggerated(proto::Report report);

// Exaggerated(SampleReport()).
proto::Report AbsurdReport();

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_SAMPLE_REPORT_H_
