// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_REPORT_WRITERS_TEXT_LAYOUT_QUOTED_H_
#define KTSTR_REPORT_WRITERS_TEXT_LAYOUT_QUOTED_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"

namespace ktstr {

// Which lines are shown where there are too many.
enum class Keep { kFirst, kLast };

// Lines of a console or a log, each behind a bar, beside a label: "  console
// | Kernel panic". At most `most` of them, and of each no more than fits three
// lines; what is left out is counted. Blanks stay, whatever steers a terminal
// does not.
std::string Quoted(absl::string_view label,
                   const google::protobuf::RepeatedPtrField<std::string>& lines,
                   int most, Keep keep);

}  // namespace ktstr

#endif  // KTSTR_REPORT_WRITERS_TEXT_LAYOUT_QUOTED_H_
