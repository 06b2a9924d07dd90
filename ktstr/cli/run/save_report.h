// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_RUN_SAVE_REPORT_H_
#define KTSTR_CLI_RUN_SAVE_REPORT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ktstr/cli/run/output_file.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// Writes all of `report` to the file of --output, in `format`.
absl::Status SaveReport(const proto::Report& report, absl::string_view format,
                        OutputFile& output);

// Writes all of `report` to standard output, in `format`.
absl::Status PrintReport(const proto::Report& report, absl::string_view format,
                         bool color);

}  // namespace ktstr

#endif  // KTSTR_CLI_RUN_SAVE_REPORT_H_
