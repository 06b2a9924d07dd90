// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TAP_TAP_WRITER_H_
#define KTSTR_REPORT_WRITERS_TAP_TAP_WRITER_H_

#include "absl/status/status.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/report/writers/tap/tap_tests.h"

namespace ktstr {

// The report as KTAP version 1 (Documentation/dev-tools/ktap.rst of Linux): a
// test for each planned stressor with a subtest for each check, then one for
// each check of the whole run; of a merged report a test for each cell, with
// these as its subtests. Numbers stand in diagnostic lines only. Each line is
// one write. What was planned and did not run is there, so that the plan
// holds: a stressor as a SKIP, a check or a cell as a failure unless the run
// was interrupted. An interrupt ends in `Bail out!`.
class TapWriter final : public StreamWriter {
 public:
  explicit TapWriter(Sink& sink) : tests_(sink) {}

  absl::Status Begin(const proto::Report& report) override;
  absl::Status Stressor(const proto::Report& report,
                        const proto::Stressor& stressor) override;
  absl::Status Cell(const proto::Report& merged,
                    const proto::Report& cell) override;
  absl::Status End(const proto::Report& report) override;

 private:
  absl::Status EndCells(const proto::Report& merged);

  TapTests tests_;
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TAP_TAP_WRITER_H_
