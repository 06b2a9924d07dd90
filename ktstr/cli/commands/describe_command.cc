// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/commands/describe_command.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/cli/commands/columns.h"
#include "ktstr/core/metric.h"
#include "ktstr/core/params.h"
#include "ktstr/report/paragraph.h"

namespace ktstr {
namespace {

constexpr int kLabelColumns = 13;
// A longer `name=value` has a line of its own.
constexpr size_t kParamColumns = 29;

std::string HelpEntry(absl::string_view label, absl::string_view text) {
  return Paragraph(absl::StrFormat("  %-*s", kLabelColumns, label),
                   2 + kLabelColumns, text, kHelpColumns);
}

// By position, neighbours of one role taken together: "source, 3 x stage".
std::string Roles(const Stressor& stressor) {
  std::string text;
  const uint32_t size = stressor.GroupSize();
  for (uint32_t first = 0, next = 0; first < size; first = next) {
    const absl::string_view role = stressor.Role(first);
    while (next < size && stressor.Role(next) == role) ++next;
    absl::StrAppend(&text, first == 0 ? "" : ", ");
    if (next - first > 1) absl::StrAppend(&text, next - first, " x ");
    absl::StrAppend(&text, role);
  }
  return text;
}

std::string Workers(const StressorDef& def, const Stressor& stressor) {
  const uint32_t size = stressor.GroupSize();
  std::string text =
      absl::StrCat(size == 1 ? "single" : absl::StrCat("in groups of ", size),
                   ": ", Roles(stressor));
  if (def.workers_per_cpu > 1) {
    absl::StrAppend(&text, "; ", def.workers_per_cpu,
                    " for each CPU by default");
  }
  return text;
}

std::string Metrics(const StressorDef& def) {
  std::vector<absl::string_view> names = {MetricName(Metric::kGap)};
  for (Metric metric : def.metrics) names.push_back(MetricName(metric));
  return absl::StrJoin(names, ", ");
}

std::string Parameters(const StressorDef& def, const MadeStressor& made) {
  size_t width = 0;
  for (const ParamValue& param : made.params) {
    const size_t columns = param.name.size() + param.value.size() + 1;
    if (columns <= kParamColumns) width = std::max(width, columns);
  }
  std::string text;
  for (size_t i = 0; i < made.params.size(); ++i) {
    const FieldDef& field = def.fields[i];
    std::string word = absl::StrCat(field.name, "=", made.params[i].value);
    if (word.size() > kParamColumns) {
      absl::StrAppend(&text, "    ", word, "\n");
      word.clear();
    }
    absl::StrAppend(
        &text,
        Paragraph(absl::StrFormat("    %-*s  ", static_cast<int>(width), word),
                  width + 6,
                  absl::StrCat(field.help, " [", FieldRange(field), "]"),
                  kHelpColumns));
  }
  return text;
}

}  // namespace

std::string DescribeStressor(const StressorDef& def) {
  std::string text =
      Paragraph("", 0, absl::StrCat(def.name, ": ", def.summary), kHelpColumns);
  const absl::string_view needs = def.needs;
  absl::StrAppend(&text, HelpEntry("kernel path", def.kernel_path),
                  HelpEntry("needs", needs.empty() ? "nothing special" : needs),
                  HelpEntry("proof", def.proof),
                  HelpEntry("measures", Metrics(def)));
  const absl::StatusOr<MadeStressor> made = def.Make();
  if (!made.ok()) return text;  // A mistake in the table; tests find it.
  absl::StrAppend(&text, HelpEntry("workers", Workers(def, *made->stressor)));
  if (made->params.empty()) return text;
  absl::StrAppend(&text, "  parameters, with their defaults:\n",
                  Parameters(def, *made));
  return text;
}

}  // namespace ktstr
