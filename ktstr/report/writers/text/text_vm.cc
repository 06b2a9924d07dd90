// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/report/writers/text/text_vm.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ktstr/report/human.h"
#include "ktstr/report/paragraph.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/writers/text/layout/quoted.h"
#include "ktstr/report/writers/words.h"

namespace ktstr {
namespace {

// Lines of each kind; the message formats have all.
constexpr int kMostFaults = 10;
constexpr int kMostConsole = 25;
constexpr int kMostKernelLog = 40;
constexpr int kMostOutput = 20;

// A command line can be as long as it likes.
constexpr size_t kMostCommandColumns = 1000;

std::string Memory(int64_t bytes) {
  constexpr int64_t kMebibyte = int64_t{1} << 20;
  constexpr int64_t kGibibyte = int64_t{1} << 30;
  return bytes % kGibibyte == 0 ? absl::StrCat(bytes / kGibibyte, " GiB")
                                : absl::StrCat(bytes / kMebibyte, " MiB");
}

std::string Accelerator(const proto::Vm& vm) {
  std::string name = absl::AsciiStrToUpper(vm.accelerator());
  // Nobody is to take its times for a machine's.
  if (vm.accelerator() == "tcg") name = "emulated by TCG";
  if (vm.accelerator_reason().empty()) return name;
  return absl::StrCat(name, " (", vm.accelerator_reason(), ")");
}

std::string MachineLine(const proto::Vm& vm) {
  std::vector<std::string> phrases;
  if (!vm.topology().empty()) phrases.push_back(vm.topology());
  if (vm.memory_bytes() > 0) phrases.push_back(Memory(vm.memory_bytes()));
  if (!vm.accelerator().empty()) phrases.push_back(Accelerator(vm));
  if (!vm.kernel().empty()) {
    phrases.push_back(absl::StrCat("kernel ", vm.kernel()));
  }
  if (!vm.channel().empty()) {
    phrases.push_back(absl::StrCat("report over ", vm.channel()));
  }
  return Labelled("machine", absl::StrJoin(phrases, ", "));
}

std::string SchedulerLine(const proto::Scheduler& scheduler) {
  std::string text = absl::StrJoin(scheduler.command(), " ");
  if (!scheduler.ops().empty()) {
    absl::StrAppend(&text, " as ", scheduler.ops());
  }
  return Labelled("sched_ext", text);
}

std::string PhasesLine(const proto::Vm& vm) {
  if (vm.phases().empty()) return "";
  const auto append = [](std::string* out, const proto::Phase& phase) {
    absl::StrAppend(out, phase.name(), " ",
                    HumanNanos(static_cast<double>(phase.ns())));
  };
  return Labelled("boot", absl::StrJoin(vm.phases(), ", ", append));
}

std::string EndLine(const proto::Vm& vm) {
  std::string text(VmEndWord(vm.end()));
  if (!vm.end_text().empty()) absl::StrAppend(&text, ": ", vm.end_text());
  return Labelled("end", text);
}

std::string FailedBoots(const proto::Vm& vm) {
  std::string text;
  for (const std::string& boot : vm.failed_boots()) {
    absl::StrAppend(&text, Labelled("boot again", boot));
  }
  return text;
}

std::string MachineFindings(const proto::Vm& vm) {
  std::string text = absl::StrCat(FailedBoots(vm), PhasesLine(vm));
  if (vm.end() != proto::Vm::COMPLETED) {
    absl::StrAppend(
        &text, EndLine(vm),
        Quoted("faults", vm.console_faults(), kMostFaults, Keep::kFirst),
        Quoted("console", vm.console_tail(), kMostConsole, Keep::kLast));
  }
  if (vm.end() == proto::Vm::NOT_STARTED && !vm.qemu_command().empty()) {
    absl::StrAppend(
        &text, Labelled("command", Clip(absl::StrJoin(vm.qemu_command(), " "),
                                        kMostCommandColumns)));
  }
  if (vm.channel_lost_bytes() > 0) {
    absl::StrAppend(
        &text,
        Labelled("lost", absl::StrCat(Plural(vm.channel_lost_bytes(), "byte"),
                                      " of the report's channel")));
  }
  if (!vm.kept_in().empty()) {
    absl::StrAppend(&text, Labelled("kept in", vm.kept_in()));
  }
  return text;
}

// "disabled (seq 0) -> enabled simple (seq 1) -> disabled (seq 1)".
std::string StatesLine(const proto::Scheduler& scheduler) {
  std::vector<std::string> states;
  for (const std::string& state :
       {scheduler.state_before(), scheduler.state_loaded(),
        scheduler.state_after()}) {
    states.push_back(state.empty() ? "-" : state);
  }
  return Labelled("sched_ext", absl::StrJoin(states, " -> "));
}

std::string SchedulerFindings(const proto::Scheduler& scheduler) {
  std::string text = StatesLine(scheduler);
  if (!scheduler.failure().empty()) {
    absl::StrAppend(&text, Labelled("failure", scheduler.failure()));
  }
  if (!scheduler.exit().empty()) {
    absl::StrAppend(&text, Labelled("exit", scheduler.exit()));
  }
  if (scheduler.failure().empty()) return text;
  return absl::StrCat(
      text,
      Quoted("kernel log", scheduler.kernel_log(), kMostKernelLog,
             Keep::kFirst),
      Quoted("output", scheduler.output(), kMostOutput, Keep::kLast));
}

}  // namespace

std::string VmHeader(const proto::Report& report) {
  return absl::StrCat(
      report.has_vm() ? MachineLine(report.vm()) : "",
      report.has_scheduler() ? SchedulerLine(report.scheduler()) : "");
}

std::string VmFindings(const proto::Report& report) {
  return absl::StrCat(
      report.has_vm() ? MachineFindings(report.vm()) : "",
      report.has_scheduler() ? SchedulerFindings(report.scheduler()) : "");
}

absl::string_view VmEndWord(proto::Vm::End end) {
  switch (end) {
    case proto::Vm::COMPLETED:
      return "completed";
    case proto::Vm::NOT_STARTED:
      return "not started";
    case proto::Vm::PANICKED:
      return "panicked";
    case proto::Vm::TIMED_OUT:
      return "timed out";
    case proto::Vm::KILLED:
      return "killed";
    case proto::Vm::STOPPED:
      return "stopped";
    case proto::Vm::INTERRUPTED:
      return "interrupted";
    default:
      return "-";
  }
}

}  // namespace ktstr
