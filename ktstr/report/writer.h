// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITER_H_
#define KTSTR_REPORT_WRITER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"

namespace ktstr {

// "text", "tap", "json", "textproto", "pb".
absl::Span<const absl::string_view> WriterFormats();

// The writer of `format`; InvalidArgument that names all formats if there is
// none. `sink` outlives it. `color` matters to text only.
absl::StatusOr<std::unique_ptr<StreamWriter>> MakeWriter(
    absl::string_view format, Sink& sink, bool color);

// Writes all of a finished report.
absl::Status WriteReport(const proto::Report& report, StreamWriter& writer);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITER_H_
