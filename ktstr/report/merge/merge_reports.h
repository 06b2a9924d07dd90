// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_MERGE_MERGE_REPORTS_H_
#define KTSTR_REPORT_MERGE_MERGE_REPORTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

struct NamedReport {
  std::string name;  // Of its file, without folder and ending.
  proto::Report report;
};

// One merged report of many, cells in the order of `reports`. A report that is
// merged itself gives its cells, also those that it planned and has not. Any
// other becomes a cell named by its `cell`, else by its virtual machine's
// topology (with the kernel's release and the scheduler's name where these
// differ among the cells named so), else by `name`. A name that is taken gets
// ".2" and so on. The merged report began with the first and ended with the
// last of them, was interrupted if one was, and has the verdict of its cells.
// InvalidArgument for no reports.
absl::StatusOr<proto::Report> MergeReports(
    absl::Span<const NamedReport> reports);

}  // namespace ktstr

#endif  // KTSTR_REPORT_MERGE_MERGE_REPORTS_H_
