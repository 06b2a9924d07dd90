// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/list_command.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "ktstr/cli/commands/columns.h"
#include "ktstr/cli/commands/describe_command.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {

std::string ListStressors(StressorTable table) {
  size_t width = 0;
  for (const StressorDef* def : table) {
    width = std::max(width, absl::string_view(def->name).size());
  }
  std::string text;
  for (const StressorDef* def : table) {
    const std::string head =
        absl::StrFormat("%-*s  ", static_cast<int>(width), def->name);
    absl::StrAppend(&text,
                    Paragraph(head, head.size(), def->summary, kHelpColumns));
  }
  return text;
}

std::string ListStressorsLong(StressorTable table) {
  std::string text;
  for (const StressorDef* def : table) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", DescribeStressor(*def));
  }
  return text;
}

}  // namespace ktstr
