// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/save_report.h"

#include <unistd.h>

#include <memory>

#include "ktstr/base/status_macros.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/writer.h"

namespace ktstr {

namespace {

absl::Status Write(const proto::Report& report, absl::string_view format,
                   bool color, Sink sink) {
  KTSTR_ASSIGN_OR_RETURN(const std::unique_ptr<StreamWriter> writer,
                         MakeWriter(format, sink, color));
  return WriteReport(report, *writer);
}

}  // namespace

absl::Status SaveReport(const proto::Report& report, absl::string_view format,
                        OutputFile& output) {
  return output.Write([&](int fd) {
    return Write(report, format, /*color=*/false, Sink::To(fd, output.path()));
  });
}

absl::Status PrintReport(const proto::Report& report, absl::string_view format,
                         bool color) {
  return Write(report, format, color,
               Sink::To(STDOUT_FILENO, "standard output"));
}

}  // namespace ktstr
