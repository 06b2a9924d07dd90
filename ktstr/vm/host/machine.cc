// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/child.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/command/command.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/frame.h"
#include "ktstr/vm/qemu/qemu_command.h"

namespace ktstr {
namespace {

constexpr size_t kStderrLines = 10;
constexpr size_t kStderrLineBytes = 1000;
// QEMU's softmmu/runstate.c.
constexpr absl::string_view kTerminated = "terminating on signal ";
// Of one source, before it is looked after others and the clock.
constexpr size_t kMostBytesAtOnce = size_t{1} << 20;
// Keeps sums of times far from the end of what 64 bits hold.
constexpr absl::Duration kForever = absl::Hours(24 * 365 * 100);

int64_t FromNow(absl::Duration duration) {
  return MonotonicNanos() +
         absl::ToInt64Nanoseconds(std::min(duration, kForever));
}

// Sockets of ours that are never waited for, and theirs that QEMU gets.
absl::StatusOr<SocketPair> MakeLine() {
  KTSTR_ASSIGN_OR_RETURN(SocketPair line, MakeSocketPair());
  const int flags = fcntl(line.ours.get(), F_GETFL);
  if (fcntl(line.ours.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
    return absl::InternalError("fcntl(O_NONBLOCK)");
  }
  return line;
}

}  // namespace

Machine::Machine(MachineOptions options)
    : options_(std::move(options)),
      vm_(options_.vm),
      sysrq_(absl::ToInt64Nanoseconds(options_.answer_patience)),
      stderr_tail_(kStderrLines, kStderrLineBytes),
      started_ns_(MonotonicNanos()),
      deadline_ns_(FromNow(options_.timeout)) {}

absl::StatusOr<std::unique_ptr<Machine>> Machine::Start(
    MachineOptions options) {
  auto machine = absl::WrapUnique(new Machine(std::move(options)));
  KTSTR_RETURN_IF_ERROR(machine->Launch());
  return machine;
}

absl::Status Machine::Launch() {
  KTSTR_ASSIGN_OR_RETURN(SocketPair console, MakeLine());
  KTSTR_ASSIGN_OR_RETURN(SocketPair virtio, MakeLine());
  KTSTR_ASSIGN_OR_RETURN(SocketPair serial, MakeLine());
  KTSTR_ASSIGN_OR_RETURN(SocketPair monitor, MakeLine());
  KTSTR_ASSIGN_OR_RETURN(SocketPair complaints, MakeLine());
  options_.qemu.console_fd = console.theirs.get();
  options_.qemu.channel_virtio_fd = virtio.theirs.get();
  options_.qemu.channel_serial_fd = serial.theirs.get();
  options_.qemu.monitor_fd = monitor.theirs.get();
  options_.qemu.initrd = absl::StrCat("/proc/self/fd/", options_.initrd_fd);

  Command command;
  command.argv = QemuCommand(options_.qemu);
  command.kept_fds = {console.theirs.get(), virtio.theirs.get(),
                      serial.theirs.get(), monitor.theirs.get(),
                      options_.initrd_fd};
  command.stdout_fd = complaints.theirs.get();
  command.stderr_fd = complaints.theirs.get();
  vm_.mutable_qemu_command()->Assign(command.argv.begin(), command.argv.end());
  KTSTR_ASSIGN_OR_RETURN(qemu_, StartCommand(command));
  console_fd_ = std::move(console.ours);
  virtio_.fd = std::move(virtio.ours);
  serial_.fd = std::move(serial.ours);
  monitor_fd_ = std::move(monitor.ours);
  stderr_fd_ = std::move(complaints.ours);
  return absl::OkStatus();
}

void Machine::AddPolls(std::vector<pollfd>& polls) const {
  if (ended_) return;
  for (const Fd* fd : {&console_fd_, &stderr_fd_, &virtio_.fd, &serial_.fd}) {
    if (fd->valid()) polls.push_back({fd->get(), POLLIN, 0});
  }
  polls.push_back({qemu_->pidfd(), POLLIN, 0});
}

void Machine::Pump() {
  if (ended_) return;
  // Asked first: what QEMU wrote before its end is then all there.
  const absl::StatusOr<absl::optional<ChildEnd>> end = qemu_->TryReap();
  ended_ = end.ok() && end->has_value();
  DrainAll();
  if (ended_) {
    Settle(**end);
  } else {
    CheckDeadline();
  }
}

void Machine::Drain(Fd& fd,
                    absl::FunctionRef<void(absl::string_view)> take) const {
  char bytes[16384];
  size_t taken = 0;
  while (fd.valid() && (ended_ || taken < kMostBytesAtOnce)) {
    const ssize_t got = read(fd.get(), bytes, sizeof(bytes));
    if (got > 0) {
      taken += static_cast<size_t>(got);
      take(absl::string_view(bytes, static_cast<size_t>(got)));
    } else if (got < 0 && errno == EINTR) {
      continue;
    } else if (got < 0 && errno == EAGAIN) {
      return;
    } else {
      fd.reset();  // Its other end is gone, or was reset with data in it.
    }
  }
}

void Machine::DrainChannel(Channel& channel) {
  Drain(channel.fd,
        [&](absl::string_view bytes) { channel.decoder.Append(bytes); });
  while (absl::optional<std::string> payload = channel.decoder.Next()) {
    proto::ToHost event;
    if (!event.ParseFromString(*payload)) continue;
    chosen_ = &channel;
    vm_.set_channel(chosen_ == &virtio_ ? "virtio" : "serial");
    if (up_ns_ == 0) up_ns_ = MonotonicNanos();
    TakeEvent(std::move(event));
  }
}

void Machine::DrainAll() {
  Drain(console_fd_, [&](absl::string_view bytes) {
    console_.Append(bytes);
    if (options_.on_console) options_.on_console(bytes);
  });
  Drain(stderr_fd_,
        [&](absl::string_view bytes) { stderr_tail_.Append(bytes); });
  DrainChannel(virtio_);
  DrainChannel(serial_);
}

void Machine::TakeEvent(proto::ToHost event) {
  switch (event.event_case()) {
    case proto::ToHost::kBeat:
      return;
    case proto::ToHost::kReady:
      TakeReady(event);
      break;
    case proto::ToHost::kEnd:
      complete_ = true;
      break;
    case proto::ToHost::kEnded:
      run_end_ = event.ended();
      run_ended_ns_ = MonotonicNanos();
      AddPhase("run", run_ended_ns_ - up_ns_);
      deadline_ns_ = FromNow(options_.power_off_patience);
      break;
    default:
      break;
  }
  options_.on_event(std::move(event));
}

// The guest says how long ago its kernel and its init started; what is left of
// the time since QEMU's start went by before the kernel had a clock.
void Machine::TakeReady(const proto::ToHost& event) {
  const int64_t uptime_ns = event.uptime_ns();
  const int64_t init_ns = event.ready().init_started_uptime_ns();
  AddPhase("firmware", std::max<int64_t>(0, up_ns_ - started_ns_ - uptime_ns));
  AddPhase("kernel", init_ns);
  AddPhase("init", uptime_ns - init_ns);
}

void Machine::AddPhase(absl::string_view name, int64_t ns) {
  proto::Phase& phase = *vm_.add_phases();
  phase.set_name(std::string(name));
  phase.set_ns(ns);
}

void Machine::Signal(int signo) {
  if (ended_ || run_end_.has_value()) return;
  if (chosen_ == nullptr) {
    return Kill(proto::Vm::INTERRUPTED, "interrupted while it booted");
  }
  deadline_ns_ = std::min(deadline_ns_, FromNow(options_.patience));
  told_to_end_ = true;
  proto::ToGuest order;
  order.set_signal(signo);
  const absl::StatusOr<std::string> frame =
      EncodeFrame(order.SerializeAsString(), next_order_++);
  // A channel that does not even take that is what the deadline is for.
  if (frame.ok()) WriteAll(chosen_->fd.get(), *frame).IgnoreError();
}

void Machine::Kill(proto::Vm::End why, absl::string_view text) {
  if (ended_) return;
  SetEnd(why, text);
  qemu_->Signal(SIGKILL).IgnoreError();  // ESRCH: it has just ended.
}

void Machine::CheckDeadline() {
  if (MonotonicNanos() < deadline_ns_) return;
  if (!run_end_.has_value()) {
    const int64_t wait_ns =
        sysrq_.Next(monitor_fd_.get(), console_fd_.get(), kConsoleChardev);
    if (wait_ns > 0) {
      deadline_ns_ = MonotonicNanos() + wait_ns;
      return;
    }
  }
  deadline_ns_ = std::numeric_limits<int64_t>::max();
  if (run_end_.has_value() && !complete_) {
    // That it does not power off is the lesser evil, see JudgeEnd().
    qemu_->Signal(SIGKILL).IgnoreError();
  } else if (run_end_.has_value()) {
    Kill(proto::Vm::TIMED_OUT,
         absl::StrCat("it told all, but did not power off within ",
                      absl::FormatDuration(options_.power_off_patience)));
  } else if (told_to_end_) {
    Kill(proto::Vm::TIMED_OUT,
         absl::StrCat("it did not end within ",
                      absl::FormatDuration(options_.patience),
                      " when it was interrupted"));
  } else {
    Kill(proto::Vm::TIMED_OUT,
         absl::StrCat("it did not end within ",
                      absl::FormatDuration(options_.timeout)));
  }
}

void Machine::SetEnd(proto::Vm::End why, absl::string_view text) {
  if (vm_.end() != proto::Vm::UNSPECIFIED) return;
  vm_.set_end(why);
  vm_.set_end_text(std::string(text));
}

void Machine::Settle(const ChildEnd& end) {
  for (Channel* channel : {&virtio_, &serial_}) {
    channel->decoder.Finish();
    DrainChannel(*channel);
  }
  console_.Finish();
  stderr_tail_.Flush();
  if (run_end_.has_value()) {
    AddPhase("power off", MonotonicNanos() - run_ended_ns_);
  }
  for (const Channel* channel : {&virtio_, &serial_}) {
    if (chosen_ != nullptr && chosen_ != channel) continue;
    vm_.set_channel_lost_bytes(vm_.channel_lost_bytes() +
                               channel->decoder.lost_bytes());
  }
  JudgeEnd(end);
  if (vm_.end() == proto::Vm::COMPLETED) return;
  for (const std::string& line : console_.tail()) vm_.add_console_tail(line);
  for (const std::string& line : console_.faults()) {
    vm_.add_console_faults(line);
  }
}

void Machine::JudgeEnd(const ChildEnd& end) {
  // Whatever we did to it: a kernel that panicked has told why.
  if (!console_.panic().empty()) {
    vm_.clear_end();
    return SetEnd(proto::Vm::PANICKED,
                  absl::StrCat("kernel panic: ", console_.panic()));
  }
  if (run_end_.has_value() && (!complete_ || run_end_->signal() != 0)) {
    return SetEnd(
        proto::Vm::STOPPED,
        absl::StrCat("ktstr in the guest ", run_end_->text(),
                     complete_ ? " after its report" : " without a report"));
  }
  std::string qemu = absl::StrCat("QEMU ", DescribeEnd(end));
  const std::deque<std::string>& words = stderr_tail_.lines();
  if (!words.empty()) absl::StrAppend(&qemu, ": ", words.back());
  // A signal that it can catch makes it say so and exit with 0.
  if (end.kind == ChildEnd::kSignaled || absl::StrContains(qemu, kTerminated)) {
    return SetEnd(proto::Vm::KILLED, qemu);
  }
  if (up_ns_ == 0) {
    return end.value != 0 ? SetEnd(proto::Vm::NOT_STARTED, qemu)
                          : SetEnd(proto::Vm::STOPPED,
                                   "it ended before ktstr ran in it; " + qemu);
  }
  if (run_end_.has_value() && end.value == 0) {
    return SetEnd(proto::Vm::COMPLETED, "");
  }
  SetEnd(proto::Vm::STOPPED,
         absl::StrCat(run_end_.has_value() ? "it told all; "
                                           : "it ended before the run in it "
                                             "did; ",
                      qemu));
}

}  // namespace ktstr
