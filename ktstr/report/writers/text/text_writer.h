// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_TEXT_WRITER_H_
#define KTSTR_REPORT_WRITERS_TEXT_TEXT_WRITER_H_

#include "absl/status/status.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"

namespace ktstr {

// The report for people, in lines of at most 100 columns. With `color`,
// verdicts are coloured for a terminal.
class TextWriter final : public StreamWriter {
 public:
  TextWriter(Sink& sink, bool color) : sink_(sink), color_(color) {}

  absl::Status Begin(const proto::Report& report) override;
  absl::Status Stressor(const proto::Report& report,
                        const proto::Stressor& stressor) override;
  absl::Status Cell(const proto::Report& merged,
                    const proto::Report& cell) override;
  absl::Status End(const proto::Report& report) override;

 private:
  Sink& sink_;
  const bool color_;
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_TEXT_WRITER_H_
