// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/run/save_report.h"

#include <memory>

#include "ktstr/base/status_macros.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/writer.h"

namespace ktstr {

absl::Status SaveReport(const proto::Report& report, absl::string_view format,
                        OutputFile& output) {
  return output.Write([&](int fd) -> absl::Status {
    Sink sink = Sink::To(fd, output.path());
    KTSTR_ASSIGN_OR_RETURN(const std::unique_ptr<StreamWriter> writer,
                           MakeWriter(format, sink, /*color=*/false));
    return WriteReport(report, *writer);
  });
}

}  // namespace ktstr
