// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/run_checks.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
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

std::string Lists(
    const google::protobuf::RepeatedPtrField<std::string>& lists) {
  return lists.empty() ? "none" : absl::StrJoin(lists, " ");
}

// "LLCs 0-3 4-7", as far as `topology` and `other` differ.
std::string Differences(const proto::Topology& topology,
                        const proto::Topology& other) {
  std::vector<std::string> parts;
  const auto add = [&](absl::string_view name, const std::string& value,
                       const std::string& other_value) {
    if (value != other_value) parts.push_back(absl::StrCat(name, " ", value));
  };
  add("CPUs", topology.online(), other.online());
  add("nodes", Lists(topology.nodes()), Lists(other.nodes()));
  add("LLCs", Lists(topology.llcs()), Lists(other.llcs()));
  add("cores", absl::StrCat(topology.cores()), absl::StrCat(other.cores()));
  add("threads per core", absl::StrCat(topology.threads_per_core()),
      absl::StrCat(other.threads_per_core()));
  return absl::StrJoin(parts, ", ");
}

proto::Check CheckTopology(const proto::Report& report) {
  if (!report.vm().has_asked()) {
    return CheckLine(kTopologyCheck, proto::FAIL,
                     "the report does not say which topology was asked for");
  }
  if (!report.host().has_topology()) {
    return CheckLine(kTopologyCheck, proto::FAIL,
                     "the guest did not tell which topology it saw");
  }
  const proto::Topology& asked = report.vm().asked();
  const proto::Topology& seen = report.host().topology();
  const std::string wrong = Differences(seen, asked);
  if (!wrong.empty()) {
    return CheckLine(kTopologyCheck, proto::FAIL,
                     absl::StrCat("the guest saw ", wrong, " instead of ",
                                  Differences(asked, seen)));
  }
  return CheckLine(
      kTopologyCheck, proto::PASS,
      absl::StrCat("the guest saw ", Counted(asked.nodes_size(), "node"), ", ",
                   Counted(asked.llcs_size(), "LLC"), ", ",
                   Counted(asked.cores(), "core"), ", ",
                   Counted(asked.cpus(), "CPU"), " as asked"));
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
  if (name == kTopologyCheck) return CheckTopology(report);
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
