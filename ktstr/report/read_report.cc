// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/read_report.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "ktstr/base/file.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/message/utf8.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {
namespace {

// Keeps the first error of the text parser, which would print it otherwise.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!text_.empty()) return;
    text_ =
        absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  void AddWarning(int, int, const std::string&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Returns why `bytes` are not of that format, or "".
std::string ParseJson(const std::string& bytes, proto::Report& report) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto status =
      google::protobuf::util::JsonStringToMessage(bytes, &report, options);
  return status.ok() ? "" : std::string(status.message());
}

std::string ParseTextproto(const std::string& bytes, proto::Report& report) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.AllowUnknownField(true);
  return parser.ParseFromString(bytes, &report) ? "" : error.text();
}

std::string ParsePb(const std::string& bytes, proto::Report& report) {
  return report.ParseFromString(bytes) ? "" : "not a protobuf message";
}

// Binary messages hold control characters, as the tags of `version` and
// `started_unix_ns` are; text does not.
constexpr size_t kFront = 4096;
bool LooksBinary(absl::string_view bytes) {
  for (const char c : bytes.substr(0, kFront)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && !absl::ascii_isspace(byte)) return true;
  }
  return false;
}

struct Reader {
  absl::string_view format;
  std::string (*parse)(const std::string& bytes, proto::Report& report);
};

Reader ReaderFor(absl::string_view bytes) {
  if (LooksBinary(bytes)) return {"pb", ParsePb};
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(bytes);
  if (absl::StartsWith(text, "{")) return {"json", ParseJson};
  return {"textproto", ParseTextproto};
}

}  // namespace

absl::StatusOr<proto::Report> ParseReport(absl::string_view bytes,
                                          absl::string_view name) {
  if (bytes.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(name, " is empty"));
  }
  const Reader reader = ReaderFor(bytes);
  // The reason is in our error; the library would print its own beside it.
  const google::protobuf::LogSilencer silencer;
  proto::Report report;
  const std::string why = reader.parse(std::string(bytes), report);
  if (!why.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is not a report (pb, textproto or json); read as ",
                     reader.format, ": ", why));
  }
  MakeStringsUtf8(report);  // Text formats let any bytes in.
  // Anything may be a valid message of unknown fields.
  if (report.version().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is not a report: read as ", reader.format,
                     ", it names no version of ktstr"));
  }
  return report;
}

absl::StatusOr<proto::Report> ReadReport(const std::string& path) {
  KTSTR_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  return ParseReport(bytes, path);
}

}  // namespace ktstr
