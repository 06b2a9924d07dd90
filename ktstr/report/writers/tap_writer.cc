// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/tap_writer.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/sink.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writers/text_findings.h"
#include "ktstr/report/writers/text_header.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

constexpr char kVersion[] = "KTAP version 1";
constexpr char kIndent[] = "  ";

// A description may be anything but a '#', which begins the directive.
std::string Plain(absl::string_view text) {
  return absl::StrReplaceAll(OneLine(text), {{"#", "_"}});
}

// Adds `text`, which may have several lines, as diagnostics.
void Diagnose(absl::string_view indent, absl::string_view text,
              std::vector<std::string>& lines) {
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    lines.push_back(absl::StrCat(indent, "# ", OneLine(line)));
  }
}

// "ok 1 completed", "not ok 2 applied", "ok 3 exercised # SKIP one CPU".
std::string ResultLine(proto::Verdict verdict, int number,
                       absl::string_view name, absl::string_view skip_reason) {
  const bool ok = verdict == proto::PASS || verdict == proto::SKIP;
  std::string line =
      absl::StrCat(ok ? "ok " : "not ok ", number, " ", Plain(name));
  if (verdict == proto::SKIP) {
    absl::StrAppend(&line, " # SKIP ", Plain(skip_reason));
  }
  return line;
}

// `name`, or "name.2" and so on if it was taken: parsers merge namesakes.
std::string Unique(const std::string& name, std::set<std::string>& taken) {
  std::string unique = name;
  for (int i = 2; !taken.insert(unique).second; ++i) {
    unique = absl::StrCat(name, ".", i);
  }
  return unique;
}

std::string MetricLine(const proto::Role& role, const proto::Metric& metric) {
  const proto::Histogram& times = metric.histogram();
  std::string line =
      absl::StrCat(role.name(), " ", metric.name(), " samples=", times.count());
  if (times.count() == 0) return line;
  absl::StrAppend(&line, " p50=", times.p50_ns(), "ns p90=", times.p90_ns(),
                  "ns p99=", times.p99_ns(), "ns p99.9=", times.p999_ns(),
                  "ns max=", times.max_ns(), "ns");
  return line;
}

// " name=value", if it was measured.
std::string IfKnown(absl::string_view name, bool known, int64_t value) {
  return known ? absl::StrCat(" ", name, "=", value) : "";
}

std::string RoleLine(const proto::Role& role) {
  const proto::Counters& kernel = role.counters();
  return absl::StrCat(
      role.name(), " workers=", role.workers(),
      " iterations=", role.iterations(),
      IfKnown("voluntary_switches", kernel.has_voluntary_switches(),
              kernel.voluntary_switches()),
      IfKnown("involuntary_switches", kernel.has_involuntary_switches(),
              kernel.involuntary_switches()),
      IfKnown("on_cpu_ns", kernel.has_on_cpu_ns(), kernel.on_cpu_ns()),
      IfKnown("run_delay_ns", kernel.has_run_delay_ns(), kernel.run_delay_ns()),
      IfKnown("migrations", kernel.has_migrations(), kernel.migrations()));
}

void AddNumbers(const proto::Stressor& stressor,
                std::vector<std::string>& lines) {
  Diagnose(kIndent, ParamWords(stressor.params()), lines);
  Diagnose(kIndent,
           absl::StrCat(
               "run_ns=", stressor.run_ns(), " spawn_ns=", stressor.spawn_ns(),
               " start_spread_ns=", stressor.start_spread_ns(),
               IfKnown("stop_latency_ns", stressor.has_stop_latency_ns(),
                       stressor.stop_latency_ns())),
           lines);
  for (const proto::Role& role : stressor.roles()) {
    Diagnose(kIndent, RoleLine(role), lines);
    for (const proto::Metric& metric : role.metrics()) {
      Diagnose(kIndent, MetricLine(role, metric), lines);
    }
  }
}

void AddCheck(const proto::Check& check, int number, const std::string& name,
              std::vector<std::string>& lines) {
  if (check.verdict() != proto::SKIP) {
    Diagnose(kIndent, absl::StrCat(name, ": ", check.detail()), lines);
  }
  std::string numbers;
  for (const proto::Number& measured : check.numbers()) {
    // Whole nanoseconds up to the hour: six digits would round them.
    absl::StrAppendFormat(&numbers, " %s=%.13g%s", measured.name(),
                          measured.value(), measured.unit());
  }
  if (!numbers.empty()) {
    Diagnose(kIndent, absl::StrCat(name, ":", numbers), lines);
  }
  lines.push_back(absl::StrCat(
      kIndent, ResultLine(check.verdict(), number, name, check.detail())));
}

std::vector<std::string> Subtest(const proto::Report& report,
                                 const proto::Stressor& stressor,
                                 const std::string& name) {
  std::vector<std::string> lines;
  if (stressor.checks().empty()) return lines;
  lines.push_back(absl::StrCat(kIndent, kVersion));
  lines.push_back(absl::StrCat(kIndent, "# Subtest: ", name));
  lines.push_back(absl::StrCat(kIndent, "1..", stressor.checks_size()));
  if (stressor.setup().kind() == proto::Outcome::OK) {
    AddNumbers(stressor, lines);
    Diagnose(kIndent, TextFindings(report.host(), stressor), lines);
  }
  // A check called as its test would end the test for some parsers.
  std::set<std::string> taken = {name};
  int number = 0;
  for (const proto::Check& check : stressor.checks()) {
    AddCheck(check, ++number, Unique(Plain(check.name()), taken), lines);
  }
  return lines;
}

absl::Status WriteLines(const std::vector<std::string>& lines, Sink& sink) {
  for (const std::string& line : lines) {
    KTSTR_RETURN_IF_ERROR(sink.Write(absl::StrCat(line, "\n")));
  }
  return absl::OkStatus();
}

std::string WhyNotRun(const proto::Report& report) {
  if (report.interrupted_by() != 0) {
    return absl::StrCat("not run: interrupted by ",
                        SignalName(report.interrupted_by()));
  }
  return report.verdict() == proto::FAIL ? "not run: another one failed"
                                         : "not run";
}

}  // namespace

absl::Status TapWriter::Begin(const proto::Report& report) {
  // A report that was put together by others may lack the plan.
  const int planned = std::max(report.plan_size(), report.stressors_size());
  std::vector<std::string> lines = {kVersion, absl::StrCat("1..", planned)};
  Diagnose("", TextHeader(report), lines);
  return WriteLines(lines, sink_);
}

absl::Status TapWriter::Result(const std::string& name, proto::Verdict verdict,
                               absl::string_view skip_reason) {
  int& count = verdict == proto::PASS   ? passed_
               : verdict == proto::SKIP ? skipped_
                                        : failed_;
  ++count;
  const int number = passed_ + failed_ + skipped_;
  return WriteLines({ResultLine(verdict, number, name, skip_reason)}, sink_);
}

absl::Status TapWriter::Stressor(const proto::Report& report,
                                 const proto::Stressor& stressor) {
  ran_.insert(stressor.name());
  const std::string name = Unique(Plain(stressor.name()), names_);
  KTSTR_RETURN_IF_ERROR(WriteLines(Subtest(report, stressor, name), sink_));
  return Result(name, stressor.verdict(), SkipReason(stressor));
}

absl::Status TapWriter::Cell(const proto::Report&, const proto::Report& cell) {
  return Result(Unique(Plain(cell.cell()), names_), cell.verdict(), "");
}

absl::Status TapWriter::End(const proto::Report& report) {
  for (const proto::PlannedStressor& planned : report.plan()) {
    if (const auto ran = ran_.find(planned.name()); ran != ran_.end()) {
      ran_.erase(ran);  // One of it: the plan counts namesakes too.
      continue;
    }
    KTSTR_RETURN_IF_ERROR(Result(Unique(Plain(planned.name()), names_),
                                 proto::SKIP, WhyNotRun(report)));
  }
  std::vector<std::string> lines = {
      absl::StrCat("# Totals: pass:", passed_, " fail:", failed_,
                   " xfail:0 xpass:0 skip:", skipped_, " error:0")};
  if (report.interrupted_by() != 0) {
    lines.push_back(absl::StrCat("Bail out! interrupted by ",
                                 SignalName(report.interrupted_by())));
  }
  return WriteLines(lines, sink_);
}

}  // namespace ktstr
