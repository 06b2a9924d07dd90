// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TAP_WRITER_H_
#define KTSTR_REPORT_WRITERS_TAP_WRITER_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"

namespace ktstr {

// The report as KTAP version 1 (Documentation/dev-tools/ktap.rst of Linux): a
// test for each planned stressor with a subtest for each check, numbers in
// diagnostic lines only. Each line is one write. What was planned and did not
// run is a SKIP, so that the plan holds; an interrupt ends in `Bail out!`.
class TapWriter final : public StreamWriter {
 public:
  explicit TapWriter(Sink& sink) : sink_(sink) {}

  absl::Status Begin(const proto::Report& report) override;
  absl::Status Stressor(const proto::Report& report,
                        const proto::Stressor& stressor) override;
  absl::Status Cell(const proto::Report& merged,
                    const proto::Report& cell) override;
  absl::Status End(const proto::Report& report) override;

 private:
  absl::Status Result(const std::string& name, proto::Verdict verdict,
                      absl::string_view skip_reason);

  Sink& sink_;
  std::multiset<std::string> ran_;  // Stressors, by their name.
  std::set<std::string> names_;     // Of results.
  int passed_ = 0;
  int failed_ = 0;
  int skipped_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TAP_WRITER_H_
