// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_READ_REPORT_H_
#define KTSTR_REPORT_READ_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// The report in `bytes`, which are pb, textproto or JSON: what they are is
// told from the content. Fields of later versions are skipped. `name` says in
// errors where they are from. InvalidArgument, with what was tried, for bytes
// that are none of them or hold no report of a run.
absl::StatusOr<proto::Report> ParseReport(absl::string_view bytes,
                                          absl::string_view name);

// The report that was saved in `path`.
absl::StatusOr<proto::Report> ReadReport(const std::string& path);

}  // namespace ktstr

#endif  // KTSTR_REPORT_READ_REPORT_H_
