// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_COMMANDS_MERGE_COMMAND_H_
#define KTSTR_CLI_COMMANDS_MERGE_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/cli/flags.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// The saved reports in `files` as one (MergeReports). An error, which names
// the file, if one cannot be read, holds no report, or is named twice.
absl::StatusOr<proto::Report> MergeFiles(absl::Span<const std::string> files);

// `ktstr merge`: shows the merged report and writes it to --output. Returns
// the exit code, which is that of the verdict: 0, 1 or 4, and 1 as well if a
// run of them was interrupted or the report could not be written; 64 for
// files that cannot be merged.
int MergeCommand(const CliOptions& options,
                 const std::vector<std::string>& files);

}  // namespace ktstr

#endif  // KTSTR_CLI_COMMANDS_MERGE_COMMAND_H_
