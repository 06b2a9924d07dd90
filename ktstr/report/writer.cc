// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writer.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writers/message_writer.h"
#include "ktstr/report/writers/tap/tap_writer.h"
#include "ktstr/report/writers/text/text_writer.h"

namespace ktstr {
namespace {

constexpr absl::string_view kFormats[] = {"text", "tap", "json", "textproto",
                                          "pb"};

}  // namespace

absl::Span<const absl::string_view> WriterFormats() { return kFormats; }

absl::StatusOr<std::unique_ptr<StreamWriter>> MakeWriter(
    absl::string_view format, Sink& sink, bool color) {
  std::unique_ptr<StreamWriter> writer;
  if (format == "text") {
    writer = std::make_unique<TextWriter>(sink, color);
  } else if (format == "tap") {
    writer = std::make_unique<TapWriter>(sink);
  } else if (format == "json") {
    writer = std::make_unique<MessageWriter>(sink, ToJson);
  } else if (format == "textproto") {
    writer = std::make_unique<MessageWriter>(sink, ToTextproto);
  } else if (format == "pb") {
    writer = std::make_unique<MessageWriter>(sink, ToPb);
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown format '", format, "'; there are ",
                     absl::StrJoin(kFormats, ", ")));
  }
  return writer;
}

absl::Status WriteReport(const proto::Report& report, StreamWriter& writer) {
  KTSTR_RETURN_IF_ERROR(writer.Begin(report));
  for (const proto::Report& cell : report.cells()) {
    KTSTR_RETURN_IF_ERROR(writer.Cell(report, cell));
  }
  if (IsMerged(report)) return writer.End(report);
  for (const proto::Stressor& stressor : report.stressors()) {
    KTSTR_RETURN_IF_ERROR(writer.Stressor(report, stressor));
  }
  return writer.End(report);
}

}  // namespace ktstr
