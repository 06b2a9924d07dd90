// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cell_run.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/checks/run_checks.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/version.h"
#include "ktstr/cli/vm/cells/cell_files.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/cli/vm/cells/kept_files.h"
#include "ktstr/core/host/host_context.h"
#include "ktstr/report/build_report.h"
#include "ktstr/report/human.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/host/asked_topology.h"
#include "ktstr/vm/host/machine.h"
#include "ktstr/vm/qemu/accelerator.h"
#include "ktstr/vm/qemu/qemu_command.h"

namespace ktstr {
namespace {

// An emulated machine with 64 CPUs on a busy host boots in well under this.
constexpr absl::Duration kWorstBoot = absl::Minutes(3);
constexpr absl::Duration kWorstScheduler = absl::Minutes(1);
// Spawning, reaping and judging hundreds of emulated workers.
constexpr absl::Duration kWorstStep = absl::Seconds(20);

constexpr absl::string_view kEmulatorFault =
    "; this one is a fault of QEMU's translator and not of the kernel: run it "
    "again";

// What the host knows of the report before the guest tells anything.
proto::Report Expected(const Fleet& fleet, const Cell& cell,
                       const proto::Vm& vm) {
  proto::Report report = StartOnHost(fleet, cell.plan);
  report.set_cell(cell.name);
  *report.mutable_vm() = vm;
  if (!fleet.options->scheduler.empty()) {
    report.add_planned_checks(kSchedulerCheck);
  }
  report.add_planned_checks(kGuestCheck);
  report.add_planned_checks(kTopologyCheck);
  return report;
}

proto::Vm Described(const Fleet& fleet, const Cell& cell) {
  proto::Vm vm;
  vm.set_topology(cell.topology);
  vm.set_kernel(cell.kernel.path);
  vm.set_accelerator(AcceleratorName(fleet.accelerator.accelerator));
  vm.set_accelerator_reason(fleet.accelerator.reason);
  vm.set_memory_bytes(cell.memory_bytes);
  *vm.mutable_asked() = AskedTopology(cell.spec);
  return vm;
}

QemuOptions MakeQemuOptions(const Fleet& fleet, const Cell& cell) {
  QemuOptions qemu;
  qemu.qemu = fleet.qemu;
  qemu.spec = cell.spec;
  qemu.memory_bytes = cell.memory_bytes;
  qemu.distances = cell.distances;
  qemu.accelerator = fleet.accelerator.accelerator;
  qemu.kernel = cell.kernel.path;
  qemu.kernel_args = fleet.kernel_args;
  qemu.extra_args = fleet.options->vm.args;
  return qemu;
}

}  // namespace

proto::Report StartOnHost(const Fleet& fleet, const Plan& plan) {
  RunIdentity identity;
  identity.version = std::string(kVersion);
  identity.command_line = fleet.command_line;
  identity.started_unix_ns = absl::GetCurrentTimeNanos();
  identity.repeats = fleet.options->repeat;
  return StartReport(identity, plan, HostContext{});
}

absl::Duration WorstTime(const CliOptions& options, const Plan& plan) {
  const double steps = static_cast<double>(plan.steps.size()) * options.repeat;
  return kWorstBoot + kWorstScheduler +
         steps * (2 * options.run.duration + options.run.grace + kWorstStep);
}

CellRun::CellRun(const Fleet& fleet, const Cell& cell, StreamWriter* writer)
    : fleet_(fleet),
      cell_(cell),
      vm_(Described(fleet, cell)),
      guest_(Expected(fleet, cell, vm_), writer) {
  Start();
}

void CellRun::Start() {
  const absl::Status started = Boot();
  if (started.ok()) return;
  vm_.set_end(proto::Vm::NOT_STARTED);
  vm_.set_end_text(std::string(started.message()));
  Finish(vm_);
}

absl::Status CellRun::OpenFiles(const QemuOptions& qemu) {
  const CliOptions& options = *fleet_.options;
  console_files_.clear();
  if (!options.vm.console.empty()) {
    KTSTR_ASSIGN_OR_RETURN(Fd file, OpenAnew(ConsoleFile(options.vm, cell_)));
    console_files_.push_back(std::move(file));
  }
  if (options.vm.keep.empty()) return absl::OkStatus();
  const std::string folder = KeepFolder(options.vm, cell_);
  KTSTR_RETURN_IF_ERROR(KeepMachine(folder, qemu, fleet_.initrd));
  KTSTR_ASSIGN_OR_RETURN(Fd file,
                         OpenAnew(absl::StrCat(folder, "/console.log")));
  console_files_.push_back(std::move(file));
  vm_.set_kept_in(folder);
  return absl::OkStatus();
}

absl::Status CellRun::Boot() {
  const CliOptions& options = *fleet_.options;
  MachineOptions machine;
  machine.qemu = MakeQemuOptions(fleet_, cell_);
  machine.initrd_fd = fleet_.initrd.get();
  KTSTR_RETURN_IF_ERROR(OpenFiles(machine.qemu));
  machine.timeout = options.vm.timeout == absl::ZeroDuration()
                        ? WorstTime(options, cell_.plan)
                        : options.vm.timeout;
  machine.patience += options.run.grace;
  machine.vm = vm_;
  machine.on_event = [this](proto::ToHost event) {
    if (event.event_case() == proto::ToHost::kTrouble) {
      troubles_.push_back(event.trouble());
    }
    guest_.Take(std::move(event));
  };
  machine.on_console = [this](absl::string_view bytes) { TakeConsole(bytes); };
  KTSTR_ASSIGN_OR_RETURN(machine_, Machine::Start(std::move(machine)));
  return absl::OkStatus();
}

// A full disk costs the rest of the file, not the run.
void CellRun::TakeConsole(absl::string_view bytes) {
  for (Fd& file : console_files_) {
    if (!file.valid()) continue;
    const absl::Status written = WriteAll(file.get(), bytes);
    if (written.ok()) continue;
    troubles_.push_back(
        absl::StrCat("the console is no longer saved: ", written.message()));
    file.reset();
  }
}

void CellRun::AddPolls(std::vector<pollfd>& polls) const {
  if (!done_) machine_->AddPolls(polls);
}

int64_t CellRun::deadline_ns() const {
  return done_ ? std::numeric_limits<int64_t>::max() : machine_->deadline_ns();
}

void CellRun::Pump(absl::FunctionRef<void(const std::string& text)> say) {
  if (!done_) machine_->Pump();
  for (const std::string& text : std::exchange(troubles_, {})) {
    say(absl::StrCat(cell_.name, ": ", text));
  }
  if (done_ || !machine_->ended()) return;
  if (!BootsAgain()) {
    proto::Vm vm = machine_->vm();
    if (EmulatorBrokeIt()) {
      vm.set_emulator_fault(true);
      absl::StrAppend(vm.mutable_end_text(), kEmulatorFault);
    }
    return Finish(std::move(vm));
  }
  vm_.add_failed_boots(machine_->vm().end_text());
  Start();
}

// No other fault is the emulator's, and only the first of its kind can be:
// as long as nothing of ours ran, a second start loses nothing.
bool CellRun::BootsAgain() const {
  constexpr int kMostFailedBoots = 2;
  return !machine_->up() && interrupted_by_ == 0 &&
         vm_.failed_boots_size() < kMostFailedBoots && EmulatorBrokeIt();
}

// QEMU's translator, with several CPUs at a time, may run into kernel code that
// another CPU is just patching, and keep the breakpoint that stands there
// meanwhile (seen in 2 of 15 boots with QEMU 7.2 on a busy host).
bool CellRun::EmulatorBrokeIt() const {
  constexpr absl::string_view kStaleBreakpoint = "int3: 0000";
  return fleet_.accelerator.accelerator == Accelerator::kTcg &&
         machine_->vm().end() == proto::Vm::PANICKED &&
         absl::c_any_of(machine_->vm().console_tail(),
                        [&](const std::string& line) {
                          return absl::StrContains(line, kStaleBreakpoint);
                        });
}

void CellRun::Interrupt(int signo) {
  if (done_) return;
  if (interrupted_by_ != 0) {
    return machine_->Kill(proto::Vm::INTERRUPTED,
                          "killed by a second interrupt");
  }
  interrupted_by_ = signo;
  machine_->Signal(signo);
}

std::string CellRun::Progress() const {
  if (done_) return absl::StrCat(cell_.name, " done");
  if (machine_->up() && !guest_.live().empty()) {
    return absl::StrCat(cell_.name, " ", guest_.live());
  }
  return absl::StrCat(cell_.name, machine_->up() ? " is up " : " boots ",
                      HumanNanos(static_cast<double>(MonotonicNanos() -
                                                     machine_->started_ns())),
                      "  ", machine_->console().last_line());
}

void CellRun::Finish(proto::Vm vm) {
  done_ = true;
  report_ = &guest_.Finish(std::move(vm), interrupted_by_,
                           absl::GetCurrentTimeNanos());
}

}  // namespace ktstr
