// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/tap/tap_report.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/verdict.h"
#include "ktstr/report/writers/tap/tap_tests.h"
#include "ktstr/report/writers/text/text_findings.h"
#include "ktstr/report/writers/text/text_header.h"
#include "ktstr/report/writers/text/text_vm.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

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

std::string CgroupLine(const proto::Cgroup& cgroup) {
  return absl::StrCat(
      "cgroup ", cgroup.name(), " workers=", cgroup.workers(),
      cgroup.has_cpu() ? absl::StrFormat(" weight=%.5g", cgroup.weight()) : "",
      IfKnown("usage_ns", cgroup.has_usage_ns(), cgroup.usage_ns()),
      IfKnown("user_ns", cgroup.has_user_ns(), cgroup.user_ns()),
      IfKnown("system_ns", cgroup.has_system_ns(), cgroup.system_ns()),
      IfKnown("periods", cgroup.has_periods(), cgroup.periods()),
      IfKnown("throttled_periods", cgroup.has_throttled_periods(),
              cgroup.throttled_periods()),
      IfKnown("throttled_ns", cgroup.has_throttled_ns(), cgroup.throttled_ns()),
      IfKnown("some_stalled_ns", cgroup.has_some_stalled_ns(),
              cgroup.some_stalled_ns()),
      IfKnown("full_stalled_ns", cgroup.has_full_stalled_ns(),
              cgroup.full_stalled_ns()));
}

absl::Status AddNumbers(const proto::Stressor& stressor, TapTests& tests) {
  KTSTR_RETURN_IF_ERROR(tests.Diagnose(ParamWords(stressor.params())));
  KTSTR_RETURN_IF_ERROR(tests.Diagnose(absl::StrCat(
      "run_ns=", stressor.run_ns(), " spawn_ns=", stressor.spawn_ns(),
      " start_spread_ns=", stressor.start_spread_ns(),
      IfKnown("stop_latency_ns", stressor.has_stop_latency_ns(),
              stressor.stop_latency_ns()))));
  for (const proto::Role& role : stressor.roles()) {
    KTSTR_RETURN_IF_ERROR(tests.Diagnose(RoleLine(role)));
    for (const proto::Metric& metric : role.metrics()) {
      KTSTR_RETURN_IF_ERROR(tests.Diagnose(MetricLine(role, metric)));
    }
  }
  for (const proto::Cgroup& cgroup : stressor.cgroups()) {
    KTSTR_RETURN_IF_ERROR(tests.Diagnose(CgroupLine(cgroup)));
  }
  return absl::OkStatus();
}

absl::Status AddCheck(const proto::Check& check, TapTests& tests) {
  const std::string name = tests.Name(check.name());
  if (check.verdict() != proto::SKIP) {
    KTSTR_RETURN_IF_ERROR(
        tests.Diagnose(absl::StrCat(name, ": ", check.detail())));
  }
  std::string numbers;
  for (const proto::Number& measured : check.numbers()) {
    // Whole nanoseconds up to the hour: six digits would round them.
    absl::StrAppendFormat(&numbers, " %s=%.13g%s", measured.name(),
                          measured.value(), measured.unit());
  }
  if (!numbers.empty()) {
    KTSTR_RETURN_IF_ERROR(tests.Diagnose(absl::StrCat(name, ":", numbers)));
  }
  return tests.Result(name, check.verdict(), check.detail());
}

// Its checks, as tests below that of `name`.
absl::Status Subtest(const proto::Report& report,
                     const proto::Stressor& stressor, TapTests checks) {
  if (stressor.checks().empty()) return absl::OkStatus();
  KTSTR_RETURN_IF_ERROR(checks.Begin(stressor.checks_size()));
  if (stressor.setup().kind() == proto::Outcome::OK) {
    KTSTR_RETURN_IF_ERROR(AddNumbers(stressor, checks));
    KTSTR_RETURN_IF_ERROR(
        checks.Diagnose(TextFindings(report.host(), stressor)));
  }
  for (const proto::Check& check : stressor.checks()) {
    KTSTR_RETURN_IF_ERROR(AddCheck(check, checks));
  }
  return absl::OkStatus();
}

bool GuestIsGone(const proto::Vm& vm) {
  return vm.end() != proto::Vm::COMPLETED && vm.end() != proto::Vm::UNSPECIFIED;
}

std::string WhyNotRun(const proto::Report& report) {
  const proto::Vm& vm = report.vm();
  if (report.interrupted_by() != 0) {
    return absl::StrCat("not run: interrupted by ",
                        SignalName(report.interrupted_by()));
  }
  if (GuestIsGone(vm)) {
    return absl::StrCat("not run: the guest did not complete (",
                        VmEndWord(vm.end()), ")",
                        vm.end_text().empty() ? "" : ": ", vm.end_text());
  }
  if (!report.scheduler().failure().empty()) {
    return absl::StrCat("not run: the scheduler died: ",
                        report.scheduler().failure());
  }
  return report.verdict() == proto::FAIL ? "not run: another one failed"
                                         : "not run";
}

}  // namespace

int TapTestsOf(const proto::Report& report) {
  return static_cast<int>(MissingStressors(report).size() +
                          MissingChecks(report).size()) +
         report.stressors_size() + report.checks_size();
}

absl::Status BeginTapReport(const proto::Report& report, TapTests& tests) {
  KTSTR_RETURN_IF_ERROR(tests.Begin(TapTestsOf(report)));
  return tests.Diagnose(TextHeader(report));
}

absl::Status TapStressor(const proto::Report& report,
                         const proto::Stressor& stressor, TapTests& tests) {
  const std::string name = tests.Name(stressor.name());
  KTSTR_RETURN_IF_ERROR(Subtest(report, stressor, TapTests(tests, name)));
  return tests.Result(name, stressor.verdict(), SkipReason(stressor));
}

absl::Status EndTapReport(const proto::Report& report, TapTests& tests) {
  for (const std::string& name : MissingStressors(report)) {
    KTSTR_RETURN_IF_ERROR(
        tests.Result(tests.Name(name), proto::SKIP, WhyNotRun(report)));
  }
  KTSTR_RETURN_IF_ERROR(tests.Diagnose(VmFindings(report)));
  for (const proto::Check& check : report.checks()) {
    KTSTR_RETURN_IF_ERROR(AddCheck(check, tests));
  }
  for (const std::string& name : MissingChecks(report)) {
    proto::Check lost;
    lost.set_name(name);
    lost.set_verdict(proto::FAIL);
    lost.set_detail("planned, and never judged");
    KTSTR_RETURN_IF_ERROR(AddCheck(lost, tests));
  }
  return absl::OkStatus();
}

}  // namespace ktstr
