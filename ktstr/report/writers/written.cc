// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/written.h"

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ktstr/base/file.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/report/writer.h"

namespace ktstr {
namespace {

absl::StatusOr<std::string> TryWritten(absl::string_view format,
                                       const proto::Report& report,
                                       bool color) {
  const std::string path =
      absl::StrCat(testing::TempDir(), "/written.", format);
  KTSTR_ASSIGN_OR_RETURN(Sink sink, Sink::Create(path));
  KTSTR_ASSIGN_OR_RETURN(const std::unique_ptr<StreamWriter> writer,
                         MakeWriter(format, sink, color));
  KTSTR_RETURN_IF_ERROR(WriteReport(report, *writer));
  KTSTR_RETURN_IF_ERROR(sink.Close());
  return ReadFile(path);
}

}  // namespace

std::string Written(absl::string_view format, const proto::Report& report,
                    bool color) {
  const absl::StatusOr<std::string> text = TryWritten(format, report, color);
  if (text.ok()) return *text;
  ADD_FAILURE() << text.status();
  return "";
}

}  // namespace ktstr
