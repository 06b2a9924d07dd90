// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_VM_CELL_RUN_H_
#define KTSTR_CLI_VM_CELL_RUN_H_

#include <poll.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ktstr/base/fd.h"
#include "ktstr/cli/flags.h"
#include "ktstr/cli/vm/cells/cells.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/vm/host/guest_report.h"
#include "ktstr/vm/host/machine.h"
#include "ktstr/vm/qemu/accelerator.h"

namespace ktstr {

// What all machines of a run have in common.
struct Fleet {
  const CliOptions* options = nullptr;
  std::vector<std::string> command_line;  // As typed.
  std::string qemu;                       // Path of the program.
  std::string kernel_args;
  AcceleratorChoice accelerator;
  Fd initrd;  // A memfd.
};

// A report that begins now, as far as the host knows it: who asked for what.
proto::Report StartOnHost(const Fleet& fleet, const Plan& plan);

// How long a machine may take at worst to boot and to run `plan`: far above
// what it takes where nothing hangs.
absl::Duration WorstTime(const CliOptions& options, const Plan& plan);

// A machine from its start to the report of what ran in it.
class CellRun final {
 public:
  // Starts it. What goes wrong stands in the report, too. `writer` shows the
  // report as it grows; nullptr: nobody does. All outlive the object.
  CellRun(const Fleet& fleet, const Cell& cell, StreamWriter* writer);
  CellRun(const CellRun&) = delete;
  CellRun& operator=(const CellRun&) = delete;

  // Adds what is to be polled for before the next Pump.
  void AddPolls(std::vector<pollfd>& polls) const;
  // CLOCK_MONOTONIC; when to call Pump in any case.
  int64_t deadline_ns() const;
  // Takes what has come; `say` gets what the guest wants the user to know.
  void Pump(absl::FunctionRef<void(const std::string& text)> say);

  // Passes the user's signal on; the second one ends the machine.
  void Interrupt(int signo);

  bool done() const { return done_; }
  // How it is getting on, in a line: "booting 3.1s: ...".
  std::string Progress() const;

  // Once it is done.
  const proto::Report& report() const { return *report_; }
  const absl::Status& shown() const { return guest_.shown(); }

 private:
  void Start();
  absl::Status Boot();
  absl::Status OpenFiles(const QemuOptions& qemu);
  bool BootsAgain() const;
  bool EmulatorBrokeIt() const;
  void TakeConsole(absl::string_view bytes);
  void Finish(proto::Vm vm);

  const Fleet& fleet_;
  const Cell& cell_;
  proto::Vm vm_;  // What is known before the start.
  GuestReport guest_;
  std::unique_ptr<Machine> machine_;
  std::vector<Fd> console_files_;
  std::vector<std::string> troubles_;
  const proto::Report* report_ = nullptr;
  int interrupted_by_ = 0;
  bool done_ = false;
};

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_CELL_RUN_H_
