// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_checks.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

constexpr size_t kVerdictColumns = 4;
constexpr size_t kMaxCheckColumns = 28;

std::string Colored(proto::Verdict verdict, bool color) {
  const absl::string_view word = VerdictWord(verdict);
  if (!color) return std::string(word);
  const absl::string_view code = verdict == proto::PASS   ? "\x1b[32m"
                                 : verdict == proto::FAIL ? "\x1b[1;31m"
                                                          : "\x1b[33m";
  return absl::StrCat(code, word, "\x1b[0m");
}

std::string CheckLine(const proto::Check& check, size_t name_columns,
                      bool color) {
  std::string label = Clip(check.name(), name_columns);
  label.resize(label.size() + name_columns - ColumnsOf(label), ' ');
  return Paragraph(
      absl::StrCat("  ", Colored(check.verdict(), color), "  ", label, "  "),
      2 + kVerdictColumns + 2 + name_columns + 2, check.detail());
}

}  // namespace

std::string VerdictLine(size_t indent, proto::Verdict verdict,
                        absl::string_view text, bool color) {
  return Paragraph(
      absl::StrCat(std::string(indent, ' '), Colored(verdict, color), "  "),
      indent + kVerdictColumns + 2, text);
}

std::string CheckLines(
    const google::protobuf::RepeatedPtrField<proto::Check>& checks,
    bool color) {
  size_t columns = 0;
  for (const proto::Check& check : checks) {
    columns = std::max(columns, ColumnsOf(OneLine(check.name())));
  }
  columns = std::min(columns, kMaxCheckColumns);
  std::string lines;
  for (const proto::Check& check : checks) {
    absl::StrAppend(&lines, CheckLine(check, columns, color));
  }
  return lines;
}

}  // namespace ktstr
