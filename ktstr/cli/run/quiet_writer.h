// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_RUN_QUIET_WRITER_H_
#define KTSTR_CLI_RUN_QUIET_WRITER_H_

#include "absl/status/status.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/stream_writer.h"

namespace ktstr {

// --quiet: hands on the stressors or cells that did not pass, and nothing at
// all where the run did and there are none.
class QuietWriter final : public StreamWriter {
 public:
  explicit QuietWriter(StreamWriter& writer) : writer_(writer) {}

  absl::Status Begin(const proto::Report& report) override;
  absl::Status Stressor(const proto::Report& report,
                        const proto::Stressor& stressor) override;
  absl::Status Cell(const proto::Report& merged,
                    const proto::Report& cell) override;
  absl::Status End(const proto::Report& report) override;

 private:
  StreamWriter& writer_;
  bool begun_ = false;
};

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_QUIET_WRITER_H_
