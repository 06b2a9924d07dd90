// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_HOST_MACHINE_H_
#define KTSTR_VM_HOST_MACHINE_H_

#include <poll.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/child.h"
#include "ktstr/base/command/line_tail.h"
#include "ktstr/base/fd.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/frame.h"
#include "ktstr/vm/host/console.h"
#include "ktstr/vm/host/sysrq.h"
#include "ktstr/vm/qemu/qemu_command.h"

namespace ktstr {

struct MachineOptions {
  // Initrd and descriptors are the machine's affair.
  QemuOptions qemu;
  int initrd_fd = -1;      // The initial file system; the caller's.
  absl::Duration timeout;  // From the start; then it is killed. > 0.
  // From a signal for the run until it is killed.
  absl::Duration patience = absl::Seconds(20);
  // The same from the run's end: it takes well under a second, also emulated.
  absl::Duration power_off_patience = absl::Seconds(10);
  // For each answer of a guest that is asked why it hangs, before it is killed.
  absl::Duration answer_patience = absl::Milliseconds(1500);
  proto::Vm vm;  // What is known already: topology, kernel, accelerator, ...
  // What the guest tells, except its beats, in order.
  std::function<void(proto::ToHost)> on_event;
  // What its console prints, as it comes; may be empty.
  std::function<void(absl::string_view)> on_console;
};

// A virtual machine that runs: QEMU, its console, and the channel that the
// report comes back on. Never waits, so that one loop may watch several. It
// dies with the object, and with this process whatever way that ends.
class Machine final {
 public:
  // Starts QEMU. An error says what could not be started; a QEMU that starts
  // and then refuses its options is told by vm() later.
  static absl::StatusOr<std::unique_ptr<Machine>> Start(MachineOptions options);

  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Adds what is to be polled for. Call Pump when any of it is ready, and not
  // later than deadline_ns().
  void AddPolls(std::vector<pollfd>& polls) const;
  // CLOCK_MONOTONIC; from then on Pump kills it.
  int64_t deadline_ns() const { return deadline_ns_; }
  // Takes what has come.
  void Pump();

  // QEMU is gone and everything that it told was taken; vm() is final.
  bool ended() const { return ended_; }
  const proto::Vm& vm() const { return vm_; }

  // Has the guest pass `signo` to the run. A guest that is not up yet is
  // killed: there is nothing to lose.
  void Signal(int signo);
  // Ends it at once. `why` and `text` stand in vm(), unless it had ended.
  void Kill(proto::Vm::End why, absl::string_view text);

  // Whether the guest's init has told that it is up.
  bool up() const { return up_ns_ != 0; }
  int64_t started_ns() const { return started_ns_; }  // CLOCK_MONOTONIC.
  const Console& console() const { return console_; }
  pid_t pid() const { return qemu_->pid(); }

 private:
  // One of the two ways on which frames come.
  struct Channel {
    Fd fd;
    FrameDecoder decoder;
  };

  explicit Machine(MachineOptions options);
  absl::Status Launch();

  // Reads what is there, not all at once of a flood, and closes at its end.
  void Drain(Fd& fd, absl::FunctionRef<void(absl::string_view)> take) const;
  void DrainChannel(Channel& channel);
  void DrainAll();
  void TakeEvent(proto::ToHost event);
  void TakeReady(const proto::ToHost& event);
  void AddPhase(absl::string_view name, int64_t ns);
  void CheckDeadline();
  void Settle(const ChildEnd& end);
  void JudgeEnd(const ChildEnd& end);
  void SetEnd(proto::Vm::End why, absl::string_view text);

  MachineOptions options_;
  proto::Vm vm_;
  absl::optional<Child> qemu_;
  Fd console_fd_;
  Fd stderr_fd_;
  Fd monitor_fd_;
  Sysrq sysrq_;
  Channel virtio_;
  Channel serial_;
  Channel* chosen_ = nullptr;  // The one that the guest uses.
  Console console_;
  LineTail stderr_tail_;
  uint32_t next_order_ = 0;  // Sequence number.
  absl::optional<proto::Ended> run_end_;
  int64_t started_ns_ = 0;
  int64_t up_ns_ = 0;
  int64_t run_ended_ns_ = 0;
  int64_t deadline_ns_ = 0;
  bool complete_ = false;  // The report's end has come.
  bool told_to_end_ = false;
  bool ended_ = false;
};

}  // namespace ktstr

#endif  // KTSTR_VM_HOST_MACHINE_H_
