// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_TEXT_CHECKS_H_
#define KTSTR_REPORT_WRITERS_TEXT_TEXT_CHECKS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "ktstr/report/report.pb.h"

namespace ktstr {

// "FAIL  " and `text` behind it, below `indent` spaces. With `color` the
// verdict has the colour that a terminal shows it in.
std::string VerdictLine(size_t indent, proto::Verdict verdict,
                        absl::string_view text, bool color);

// "  PASS  completed   4 workers ended in time": a line for each of `checks`,
// of a stressor or of a run.
std::string CheckLines(
    const google::protobuf::RepeatedPtrField<proto::Check>& checks, bool color);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_TEXT_CHECKS_H_
