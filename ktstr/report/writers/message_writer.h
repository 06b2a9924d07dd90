// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_MESSAGE_WRITER_H_
#define KTSTR_REPORT_WRITERS_MESSAGE_WRITER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"

namespace ktstr {

// The report message itself, in protobuf's binary, text and JSON formats. JSON
// has the names of report.proto, and 64 bit numbers as strings, as protobuf's
// mapping says. They fail only for text that is not UTF-8.
absl::StatusOr<std::string> ToPb(const proto::Report& report);
absl::StatusOr<std::string> ToTextproto(const proto::Report& report);
absl::StatusOr<std::string> ToJson(const proto::Report& report);

// Writes the whole message when it is complete: half of one has no reader.
class MessageWriter final : public StreamWriter {
 public:
  using Format = absl::StatusOr<std::string> (*)(const proto::Report& report);

  MessageWriter(Sink& sink, Format format) : sink_(sink), format_(format) {}

  absl::Status Begin(const proto::Report& report) override;
  absl::Status Stressor(const proto::Report& report,
                        const proto::Stressor& stressor) override;
  absl::Status Cell(const proto::Report& merged,
                    const proto::Report& cell) override;
  absl::Status End(const proto::Report& report) override;

 private:
  Sink& sink_;
  const Format format_;
};

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_MESSAGE_WRITER_H_
