// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_STREAM_WRITER_H_
#define KTSTR_REPORT_STREAM_WRITER_H_

#include "absl/status/status.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// Writes a report while it grows: what is known is out, also if the run never
// ends. Errors are those of the sink. The order is Begin, Stressor for each,
// End; of a merged report (see IsMerged) it is Begin, Cell for each, End.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;

  // Before the first stressor. `report` has its plan, options and host.
  virtual absl::Status Begin(const proto::Report& report) = 0;
  // When `stressor`, the next of `report`, has its checks and verdict.
  virtual absl::Status Stressor(const proto::Report& report,
                                const proto::Stressor& stressor) = 0;
  // When `cell`, the next of `merged`, is concluded. For it nothing else is
  // called: neither Begin nor its stressors nor End.
  virtual absl::Status Cell(const proto::Report& merged,
                            const proto::Report& cell) = 0;
  // When `report` is concluded.
  virtual absl::Status End(const proto::Report& report) = 0;
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_STREAM_WRITER_H_
