// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_WRITTEN_H_
#define KTSTR_REPORT_WRITERS_WRITTEN_H_

#include <string>

#include "absl/strings/string_view.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// For tests: what the writer of `format` makes of all of `report`.
std::string Written(absl::string_view format, const proto::Report& report,
                    bool color = false);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_WRITTEN_H_
