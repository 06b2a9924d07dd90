// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/tap/tap_writer.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writers/tap/tap_report.h"
#include "ktstr/report/writers/tap/tap_tests.h"
#include "ktstr/report/writers/text/cells_table.h"
#include "ktstr/report/writers/text/text_header.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

std::string Interrupt(const proto::Report& report) {
  if (report.interrupted_by() == 0) return "";
  return absl::StrCat("interrupted by ", SignalName(report.interrupted_by()));
}

}  // namespace

absl::Status TapWriter::Begin(const proto::Report& report) {
  if (!IsMerged(report)) return BeginTapReport(report, tests_);
  KTSTR_RETURN_IF_ERROR(tests_.Begin(
      report.cells_size() + static_cast<int>(MissingCells(report).size())));
  return tests_.Diagnose(TextHeader(report));
}

absl::Status TapWriter::Stressor(const proto::Report& report,
                                 const proto::Stressor& stressor) {
  return TapStressor(report, stressor, tests_);
}

absl::Status TapWriter::Cell(const proto::Report&, const proto::Report& cell) {
  const std::string name = tests_.Name(cell.cell());
  // One without tests has no plan that parsers would take.
  if (TapTestsOf(cell) > 0) {
    TapTests tests(tests_, name);
    KTSTR_RETURN_IF_ERROR(BeginTapReport(cell, tests));
    for (const proto::Stressor& stressor : cell.stressors()) {
      KTSTR_RETURN_IF_ERROR(TapStressor(cell, stressor, tests));
    }
    KTSTR_RETURN_IF_ERROR(EndTapReport(cell, tests));
    KTSTR_RETURN_IF_ERROR(tests.Diagnose(Interrupt(cell)));
  }
  return tests_.Result(name, cell.verdict(), SkipReason(cell));
}

absl::Status TapWriter::End(const proto::Report& report) {
  KTSTR_RETURN_IF_ERROR(IsMerged(report) ? EndCells(report)
                                         : EndTapReport(report, tests_));
  return tests_.End(Interrupt(report));
}

absl::Status TapWriter::EndCells(const proto::Report& merged) {
  const std::string interrupt = Interrupt(merged);
  for (const std::string& cell : MissingCells(merged)) {
    const std::string name = tests_.Name(cell);
    if (!interrupt.empty()) {
      KTSTR_RETURN_IF_ERROR(tests_.Result(
          name, proto::SKIP, absl::StrCat("not run: ", interrupt)));
      continue;
    }
    KTSTR_RETURN_IF_ERROR(
        tests_.Diagnose(absl::StrCat(name, ": planned, and never ran")));
    KTSTR_RETURN_IF_ERROR(tests_.Result(name, proto::FAIL, ""));
  }
  return tests_.Diagnose(CellsTable(merged));
}

}  // namespace ktstr
