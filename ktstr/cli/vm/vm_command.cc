// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/vm_command.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "ktstr/base/command/command.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/cli/environment.h"
#include "ktstr/cli/exit_code.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/run/locate_scheduler.h"
#include "ktstr/cli/run/presentation.h"
#include "ktstr/cli/say.h"
#include "ktstr/cli/vm/cell_run.h"
#include "ktstr/cli/vm/cells/cell_files.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/cli/vm/matrix.h"
#include "ktstr/core/supervisor/interrupts.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/names.h"
#include "ktstr/vm/image/initramfs.h"
#include "ktstr/vm/qemu/accelerator.h"
#include "ktstr/vm/qemu/qemu_command.h"

namespace ktstr {
namespace {

constexpr char kQemu[] = "qemu-system-x86_64";

// What the run in the guest has to know of our environment: which part of a
// sharded test it is.
constexpr const char* kPassedOn[] = {"TEST_TOTAL_SHARDS", "TEST_SHARD_INDEX"};

absl::StatusOr<Fd> MakeInitrd(const CliOptions& options,
                              const std::vector<std::string>& guest_args,
                              const AcceleratorChoice& accelerator,
                              size_t live_columns) {
  KTSTR_ASSIGN_OR_RETURN(const std::vector<std::string> scheduler,
                         LocateScheduler(options.scheduler));
  proto::GuestConfig config;
  config.mutable_args()->Assign(guest_args.begin(), guest_args.end());
  config.mutable_scheduler()->Assign(scheduler.begin(), scheduler.end());
  config.set_live_columns(static_cast<uint32_t>(live_columns));
  if (accelerator.accelerator == Accelerator::kTcg) {
    KTSTR_ASSIGN_OR_RETURN(const CpuSet cpus, GetAffinity());
    config.set_emulating_cpus(cpus.Count());
  }
  config.set_host_unix_ns(absl::GetCurrentTimeNanos());
  for (const char* name : kPassedOn) {
    const std::string value = Environment(name);
    if (!value.empty()) {
      config.add_environment(absl::StrCat(name, "=", value));
    }
  }
  InitramfsOptions image;
  image.config = config.SerializeAsString();
  image.scheduler = scheduler;
  image.includes = options.vm.includes;
  image.library_path = Environment("LD_LIBRARY_PATH");
  KTSTR_ASSIGN_OR_RETURN(Initramfs made, MakeInitramfs(image));
  for (const std::string& note : made.notes) Say(kExitSuccess, note);
  return std::move(made.file);
}

absl::StatusOr<AcceleratorChoice> ReadAccelerator(AcceleratorMode mode) {
  AcceleratorChoice choice = ChooseAccelerator(mode);
  if (mode == AcceleratorMode::kKvm && !choice.reason.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--vm_accel=kvm: ", choice.reason));
  }
  return choice;
}

absl::StatusOr<std::string> MakeKernelArgs(const CliOptions& options) {
  absl::StatusOr<std::string> args =
      KernelArguments(absl::StrJoin(options.vm.append, " "), {kGuestInitWord});
  if (!args.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--vm_append: ", args.status().message()));
  }
  return args;
}

absl::StatusOr<Fleet> MakeFleet(const CliOptions& options,
                                const std::vector<std::string>& guest_args,
                                const std::vector<std::string>& command_line,
                                size_t live_columns) {
  Fleet fleet;
  fleet.options = &options;
  fleet.command_line = command_line;
  KTSTR_ASSIGN_OR_RETURN(fleet.kernel_args, MakeKernelArgs(options));
  KTSTR_ASSIGN_OR_RETURN(fleet.qemu, FindProgram(kQemu, Environment("PATH")));
  KTSTR_ASSIGN_OR_RETURN(fleet.accelerator,
                         ReadAccelerator(options.vm.accelerator));
  KTSTR_ASSIGN_OR_RETURN(
      fleet.initrd,
      MakeInitrd(options, guest_args, fleet.accelerator, live_columns));
  return fleet;
}

}  // namespace

int VmCommand(const CliOptions& options, const std::vector<Cell>& cells,
              const std::vector<std::string>& guest_args,
              const std::vector<std::string>& command_line) {
  const absl::StatusOr<std::unique_ptr<Presentation>> presentation =
      Presentation::Open(options);
  if (!presentation.ok()) return Say(kExitUsage, presentation.status());
  Presentation& shown = **presentation;
  const absl::Status files = TryFiles(options.vm, cells);
  if (!files.ok()) return Say(kExitUsage, files);
  const absl::StatusOr<Fleet> fleet = MakeFleet(
      options, guest_args, command_line, shown.live() ? shown.columns() : 0);
  if (!fleet.ok()) return Say(kExitUsage, fleet.status());
  absl::StatusOr<Interrupts> interrupts = Interrupts::Create();
  if (!interrupts.ok()) return Say(kExitFailure, interrupts.status());
  Matrix matrix(*fleet, cells, *interrupts, shown);
  const MatrixOutcome outcome = matrix.Run();
  return shown.Finish(outcome.report, outcome.shown);
}

}  // namespace ktstr
