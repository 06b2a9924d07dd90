// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/run_checks.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/checks/check_line.h"

namespace ktstr {
namespace {

// For ends that came without words of their own.
absl::string_view EndText(const proto::Vm& vm) {
  if (!vm.end_text().empty()) return vm.end_text();
  switch (vm.end()) {
    case proto::Vm::COMPLETED:
      return "the guest ended its report and powered off";
    case proto::Vm::NOT_STARTED:
      return "the virtual machine could not be started";
    case proto::Vm::PANICKED:
      return "the guest's kernel panicked";
    case proto::Vm::TIMED_OUT:
      return "the virtual machine was killed after its time-out";
    case proto::Vm::KILLED:
      return "the virtual machine was killed";
    case proto::Vm::STOPPED:
      return "the virtual machine ended without a report";
    case proto::Vm::INTERRUPTED:
      return "the virtual machine was interrupted";
    default:
      return "it is not known how the virtual machine ended";
  }
}

proto::Check CheckGuest(const proto::Report& report) {
  if (!report.has_vm()) {
    return CheckLine(kGuestCheck, proto::FAIL,
                     "the report says nothing of the virtual machine");
  }
  const proto::Vm& vm = report.vm();
  std::string detail(EndText(vm));
  if (vm.console_faults_size() > 0) {
    absl::StrAppend(&detail, "; console: \"", vm.console_faults(0), "\"");
  }
  if (vm.channel_lost_bytes() > 0) {
    absl::StrAppend(&detail, "; ", Counted(vm.channel_lost_bytes(), "byte"),
                    " of the report ",
                    vm.channel_lost_bytes() == 1 ? "was" : "were", " lost");
  }
  const bool passed =
      vm.end() == proto::Vm::COMPLETED && vm.channel_lost_bytes() == 0;
  return CheckLine(kGuestCheck, passed ? proto::PASS : proto::FAIL, detail);
}

// "enabled simple (seq 1)" -> " (seq 1)".
absl::string_view SeqOf(absl::string_view state) {
  const size_t begin = state.find(" (seq ");
  return begin == state.npos ? "" : state.substr(begin);
}

proto::Check CheckScheduler(const proto::Report& report) {
  if (!report.has_scheduler()) {
    return CheckLine(kSchedulerCheck, proto::FAIL,
                     "the report says nothing of the scheduler");
  }
  const proto::Scheduler& scheduler = report.scheduler();
  if (!scheduler.failure().empty()) {
    return CheckLine(kSchedulerCheck, proto::FAIL, scheduler.failure());
  }
  if (scheduler.state_loaded().empty()) {
    return CheckLine(kSchedulerCheck, proto::FAIL,
                     "it is not known that the scheduler was ever loaded");
  }
  if (scheduler.state_after() != scheduler.state_loaded()) {
    return CheckLine(
        kSchedulerCheck, proto::FAIL,
        scheduler.state_after().empty()
            ? absl::StrCat("it is not known whether the scheduler stayed: \"",
                           scheduler.state_loaded(), "\" when it was loaded")
            : absl::StrCat("\"", scheduler.state_loaded(),
                           "\" when it was loaded, \"", scheduler.state_after(),
                           "\" in the end"));
  }
  return CheckLine(kSchedulerCheck, proto::PASS,
                   absl::StrCat(scheduler.ops(), " stayed loaded",
                                SeqOf(scheduler.state_after())));
}

proto::Check Check(const std::string& name, const proto::Report& report) {
  if (name == kGuestCheck) return CheckGuest(report);
  if (name == kSchedulerCheck) return CheckScheduler(report);
  return CheckLine(name, proto::FAIL,
                   "this version of ktstr has no such check");
}

}  // namespace

std::vector<proto::Check> RunChecks(const proto::Report& report) {
  std::vector<proto::Check> lines;
  for (const std::string& name : report.planned_checks()) {
    lines.push_back(Check(name, report));
  }
  return lines;
}

}  // namespace ktstr
