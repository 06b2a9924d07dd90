// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/message_writer.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"

namespace ktstr {
namespace {

absl::Status CannotBeMade(absl::string_view format, absl::string_view why) {
  return absl::InternalError(
      absl::StrCat("cannot make the report's ", format, ": ", why));
}

}  // namespace

absl::StatusOr<std::string> ToPb(const proto::Report& report) {
  std::string bytes;
  if (!report.SerializeToString(&bytes)) {
    return CannotBeMade("pb", "it is over 2 GiB");
  }
  return bytes;
}

absl::StatusOr<std::string> ToTextproto(const proto::Report& report) {
  constexpr absl::string_view kHeader =
      "# proto-file: ktstr/report/report.proto\n"
      "# proto-message: ktstr.proto.Report\n";
  std::string text;
  if (!google::protobuf::TextFormat::PrintToString(report, &text)) {
    return CannotBeMade("textproto", "printing failed");
  }
  return absl::StrCat(kHeader, text);
}

absl::StatusOr<std::string> ToJson(const proto::Report& report) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(report, &json, options);
  if (!status.ok()) return CannotBeMade("json", status.ToString());
  return json;
}

absl::Status MessageWriter::Begin(const proto::Report&) {
  return absl::OkStatus();
}

absl::Status MessageWriter::Stressor(const proto::Report&,
                                     const proto::Stressor&) {
  return absl::OkStatus();
}

absl::Status MessageWriter::Cell(const proto::Report&, const proto::Report&) {
  return absl::OkStatus();
}

absl::Status MessageWriter::End(const proto::Report& report) {
  KTSTR_ASSIGN_OR_RETURN(const std::string bytes, format_(report));
  return sink_.Write(bytes);
}

}  // namespace ktstr
