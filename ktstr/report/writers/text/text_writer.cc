// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_writer.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/human.h"
#include "ktstr/report/merge/planned_cells.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writers/text/cells_table.h"
#include "ktstr/report/writers/text/text_checks.h"
#include "ktstr/report/writers/text/text_findings.h"
#include "ktstr/report/writers/text/text_header.h"
#include "ktstr/report/writers/text/text_placement.h"
#include "ktstr/report/writers/text/text_summary.h"
#include "ktstr/report/writers/text/text_tables.h"
#include "ktstr/report/writers/text/text_vm.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

// Of a rule, around its text: "== " before, at least " ==" behind it.
constexpr size_t kRuleColumns = 6;

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

// "== text ====": a line of kTextColumns.
std::string Rule(absl::string_view text) {
  std::string line =
      absl::StrCat("== ", Clip(text, kTextColumns - kRuleColumns), " ");
  line.append(kTextColumns - ColumnsOf(line), '=');
  return absl::StrCat(line, "\n");
}

// With its place in the plan: cells end in any order.
std::string CellTitle(const proto::Report& merged, const proto::Report& cell) {
  const std::vector<PlannedCell> cells = PlannedCells(merged);
  size_t number = 1;
  for (const PlannedCell& planned : cells) {
    if (planned.name == cell.cell()) break;
    ++number;
  }
  return Rule(absl::StrCat(number, " of ", cells.size(), ": ", cell.cell()));
}

// What is not of one stressor: the virtual machine, the scheduler, and what
// was checked of them.
std::string WholeRun(const proto::Report& report, bool color) {
  const std::string findings = VmFindings(report);
  const std::string checks = CheckLines(report.checks(), color);
  if (findings.empty() && checks.empty()) return "";
  return absl::StrCat("\n", report.has_vm() ? "virtual machine\n" : "run\n",
                      findings, findings.empty() || checks.empty() ? "" : "\n",
                      checks);
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
    absl::StrAppend(&text, VerdictLine(/*indent=*/2, proto::SKIP,
                                       stressor.setup().text(), color_));
    return sink_.Write(text);
  }
  // Of what could not be set up there are no numbers; its checks say why.
  if (stressor.setup().kind() == proto::Outcome::OK) {
    absl::StrAppend(&text, HowItWent(stressor), "\n", RoleTable(stressor),
                    "\n");
    if (!stressor.cgroups().empty()) {
      absl::StrAppend(&text, CgroupTable(stressor), "\n");
    }
    absl::StrAppend(&text, LatencyTable(stressor), "\n",
                    TextFindings(report.host(), stressor), "\n");
  }
  absl::StrAppend(&text, CheckLines(stressor.checks(), color_));
  return sink_.Write(text);
}

absl::Status TextWriter::Cell(const proto::Report& merged,
                              const proto::Report& cell) {
  KTSTR_RETURN_IF_ERROR(
      sink_.Write(absl::StrCat("\n", CellTitle(merged, cell), "\n")));
  KTSTR_RETURN_IF_ERROR(Begin(cell));
  for (const proto::Stressor& stressor : cell.stressors()) {
    KTSTR_RETURN_IF_ERROR(Stressor(cell, stressor));
  }
  return End(cell);
}

absl::Status TextWriter::End(const proto::Report& report) {
  std::string text = WholeRun(report, color_);
  if (IsMerged(report)) {
    absl::StrAppend(&text, "\n", Rule("all cells"), "\n", CellsTable(report));
  }
  absl::StrAppend(
      &text, "\n",
      VerdictLine(/*indent=*/0, report.verdict(), TextSummary(report), color_));
  return sink_.Write(text);
}

}  // namespace ktstr
