// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text_writer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/human.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/writers/text_findings.h"
#include "ktstr/report/writers/text_header.h"
#include "ktstr/report/writers/text_tables.h"
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

// "  PASS  completed   4 workers ended in time".
std::string CheckLine(proto::Verdict verdict, absl::string_view name,
                      size_t name_columns, absl::string_view detail,
                      bool color) {
  std::string label = Clip(name, name_columns);
  label.resize(label.size() + name_columns - ColumnsOf(label), ' ');
  return Paragraph(
      absl::StrCat("  ", Colored(verdict, color), "  ", label, "  "),
      2 + kVerdictColumns + 2 + name_columns + 2, detail);
}

std::string Checks(const proto::Stressor& stressor, bool color) {
  size_t columns = 0;
  for (const proto::Check& check : stressor.checks()) {
    columns = std::max(columns, ColumnsOf(OneLine(check.name())));
  }
  columns = std::min(columns, kMaxCheckColumns);
  std::string lines;
  for (const proto::Check& check : stressor.checks()) {
    absl::StrAppend(&lines, CheckLine(check.verdict(), check.name(), columns,
                                      check.detail(), color));
  }
  return lines;
}

std::string Title(const proto::Stressor& stressor) {
  std::string title = stressor.name();
  if (stressor.name() != stressor.stressor()) {
    absl::StrAppend(&title, " (", stressor.stressor(), ")");
  }
  return Paragraph("", 0,
                   absl::StrCat(title, " ", ParamWords(stressor.params())));
}

std::string WhyItStopped(const proto::Stressor& stressor) {
  switch (stressor.stop_reason()) {
    case proto::Stressor::ITERATIONS:
      return " until all iterations were done";
    case proto::Stressor::WORKER_LOST:
      return " until a worker was lost";
    case proto::Stressor::INTERRUPTED:
      return " until interrupted";
    default:
      return "";
  }
}

std::string HowItWent(const proto::Stressor& stressor) {
  const auto nanos = [](int64_t ns) {
    return HumanNanos(static_cast<double>(ns));
  };
  return Paragraph(
      "  ", 2,
      absl::StrCat(
          Plural(static_cast<uint64_t>(stressor.workers_size()), "worker"),
          " in groups of ", stressor.group_size(), " ran ",
          nanos(stressor.run_ns()), WhyItStopped(stressor), "; spawned in ",
          nanos(stressor.spawn_ns()), ", start spread ",
          nanos(stressor.start_spread_ns()),
          stressor.has_stop_latency_ns()
              ? absl::StrCat(", stop latency ",
                             nanos(stressor.stop_latency_ns()))
              : ""));
}

// Names of the stressors with `verdict`, for the last line.
std::string Named(const proto::Report& report, proto::Verdict verdict,
                  absl::string_view word) {
  std::vector<std::string> names;
  for (const proto::Stressor& stressor : report.stressors()) {
    if (stressor.verdict() == verdict) names.push_back(stressor.name());
  }
  if (names.empty()) return "";
  const std::string which =
      verdict == proto::PASS
          ? ""
          : absl::StrCat(" (", absl::StrJoin(names, ", "), ")");
  return absl::StrCat(", ", names.size(), " ", word, which);
}

std::string Summary(const proto::Report& report) {
  std::string text = absl::StrCat(
      Plural(static_cast<uint64_t>(report.stressors_size()), "stressor"),
      Named(report, proto::PASS, "passed"),
      Named(report, proto::FAIL, "failed"),
      Named(report, proto::SKIP, "skipped"));
  if (report.stressors_size() < report.plan_size()) {
    absl::StrAppend(&text, ", ", report.plan_size() - report.stressors_size(),
                    " not run");
  }
  if (report.interrupted_by() != 0) {
    absl::StrAppend(&text, ", interrupted by ",
                    SignalName(report.interrupted_by()));
  }
  if (report.ended_unix_ns() > 0) {
    absl::StrAppend(&text, ", in ",
                    HumanNanos(static_cast<double>(report.ended_unix_ns() -
                                                   report.started_unix_ns())));
  }
  return text;
}

}  // namespace

absl::Status TextWriter::Begin(const proto::Report& report) {
  return sink_.Write(TextHeader(report));
}

absl::Status TextWriter::Stressor(const proto::Report& report,
                                  const proto::Stressor& stressor) {
  std::string text = absl::StrCat("\n", Title(stressor));
  // What a host cannot run has one reason, not one for each check.
  if (stressor.setup().kind() == proto::Outcome::SKIPPED) {
    absl::StrAppend(
        &text, Paragraph(absl::StrCat("  ", Colored(proto::SKIP, color_), "  "),
                         2 + kVerdictColumns + 2, stressor.setup().text()));
    return sink_.Write(text);
  }
  // Of what could not be set up there are no numbers; its checks say why.
  if (stressor.setup().kind() == proto::Outcome::OK) {
    absl::StrAppend(&text, HowItWent(stressor), "\n", RoleTable(stressor), "\n",
                    LatencyTable(stressor), "\n",
                    TextFindings(report.host(), stressor), "\n");
  }
  absl::StrAppend(&text, Checks(stressor, color_));
  return sink_.Write(text);
}

absl::Status TextWriter::Cell(const proto::Report&, const proto::Report& cell) {
  KTSTR_RETURN_IF_ERROR(Begin(cell));
  for (const proto::Stressor& stressor : cell.stressors()) {
    KTSTR_RETURN_IF_ERROR(Stressor(cell, stressor));
  }
  return End(cell);
}

absl::Status TextWriter::End(const proto::Report& report) {
  return sink_.Write(absl::StrCat(
      "\n", Paragraph(absl::StrCat(Colored(report.verdict(), color_), "  "),
                      kVerdictColumns + 2, Summary(report))));
}

}  // namespace ktstr
