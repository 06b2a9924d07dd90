// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_summary.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/human.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

// A stressor or a cell.
struct Part {
  std::string name;
  proto::Verdict verdict;
};

std::vector<Part> PartsOf(const proto::Report& report) {
  std::vector<Part> parts;
  for (const proto::Stressor& stressor : report.stressors()) {
    parts.push_back({stressor.name(), stressor.verdict()});
  }
  for (const proto::Report& cell : report.cells()) {
    parts.push_back({cell.cell(), cell.verdict()});
  }
  return parts;
}

// ", 2 failed (slow, deep)"; nothing if there is none.
std::string Named(const std::vector<std::string>& names,
                  absl::string_view word) {
  if (names.empty()) return "";
  return absl::StrCat(", ", names.size(), " ", word, " (",
                      absl::StrJoin(names, ", "), ")");
}

std::string Judged(const std::vector<Part>& parts, proto::Verdict verdict,
                   absl::string_view word) {
  std::vector<std::string> names;
  for (const Part& part : parts) {
    if (part.verdict == verdict) names.push_back(part.name);
  }
  if (verdict != proto::PASS) return Named(names, word);
  return names.empty() ? "" : absl::StrCat(", ", names.size(), " ", word);
}

// The checks of the run as a whole that failed.
std::string OwnChecks(const proto::Report& report) {
  std::vector<std::string> names;
  for (const proto::Check& check : report.checks()) {
    if (check.verdict() == proto::FAIL) names.push_back(check.name());
  }
  return names.empty()
             ? ""
             : absl::StrCat(", ", absl::StrJoin(names, " and "), " failed");
}

std::string NotRun(const proto::Report& report) {
  if (IsMerged(report)) return Named(MissingCells(report), "not run");
  const size_t missing = MissingStressors(report).size();
  return missing == 0 ? "" : absl::StrCat(", ", missing, " not run");
}

}  // namespace

std::string TextSummary(const proto::Report& report) {
  const std::vector<Part> parts = PartsOf(report);
  std::string text = absl::StrCat(
      Plural(parts.size(), IsMerged(report) ? "cell" : "stressor"),
      Judged(parts, proto::PASS, "passed"),
      Judged(parts, proto::FAIL, "failed"),
      Judged(parts, proto::SKIP, "skipped"),
      Judged(parts, proto::VERDICT_UNSPECIFIED, "without a verdict"),
      NotRun(report), OwnChecks(report));
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

}  // namespace ktstr
