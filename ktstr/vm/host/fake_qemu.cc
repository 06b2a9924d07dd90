// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// For tests: a program that is started as QEMU is, and plays a machine, whose
// fate is the name of its kernel (-kernel). It boots nothing.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/file.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/channel/frame.h"
#include "ktstr/vm/channel/sender.h"
#include "ktstr/vm/host/asked_topology.h"
#include "ktstr/vm/machine_spec/vm_spec.h"

namespace ktstr {
namespace {

constexpr char kPanic[] =
    "[    1.000000] BUG: kernel NULL pointer dereference, address: 0\r\n"
    "[    1.000001] Kernel panic - not syncing: x\r\n";

// What QEMU's translator may make of a kernel that patches itself.
constexpr char kStaleBreakpoint[] =
    "[    0.500000] int3: 0000 [#1] PREEMPT SMP\r\n"
    "[    0.500001] Kernel panic - not syncing: Fatal exception\r\n";

// What follows `option` in `args`; "" if nothing does.
std::string ValueOf(absl::string_view option,
                    absl::Span<const char* const> args) {
  for (size_t i = 0; i + 1 < args.size(); ++i) {
    if (args[i] == option) return args[i + 1];
  }
  return "";
}

// The descriptor that `id` was given, -1 if none.
int Socket(absl::string_view id, absl::Span<const char* const> args) {
  const std::string prefix = absl::StrCat("socket,id=", id, ",fd=");
  for (absl::string_view arg : args) {
    int fd = -1;
    if (absl::ConsumePrefix(&arg, prefix) && absl::SimpleAtoi(arg, &fd)) {
      return fd;
    }
  }
  return -1;
}

// Nothing that is sent here can fail but because the test is gone.
class Machine {
 public:
  Machine(absl::Span<const char* const> args, int channel)
      : args_(args), channel_(channel), sender_(*Sender::Create(channel)) {}

  std::string kernel() const { return ValueOf("-kernel", args_); }

  void Print(absl::string_view text) const {
    WriteAll(Socket("console", args_), text).IgnoreError();
  }
  void Send(proto::ToHost event) {
    sender_.Send(std::move(event)).IgnoreError();
  }
  void SendBytes(absl::string_view bytes) const {
    WriteAll(channel_, bytes).IgnoreError();
  }

  void TellReady() {
    proto::ToHost event;
    event.mutable_ready()->set_init_started_uptime_ns(BootNanos());
    Send(std::move(event));
  }
  // The guest's report has what it found in its initial file system.
  void TellBegin() {
    proto::ToHost event;
    const auto initrd = ReadFile(ValueOf("-initrd", args_));
    event.mutable_begin()->set_version(initrd.value_or("no initrd"));
    event.mutable_begin()->add_plan()->set_name("spin");
    *event.mutable_begin()->mutable_host()->mutable_topology() =
        AskedTopology(VmSpec{});
    Send(std::move(event));
    proto::ToHost step;
    step.mutable_step()->add_names("spin");
    Send(std::move(step));
  }
  void TellStressor() {
    proto::ToHost event;
    event.mutable_stressor()->set_name("spin");
    event.mutable_stressor()->set_verdict(proto::PASS);
    Send(std::move(event));
  }
  void TellEnd(int interrupted_by) {
    proto::ToHost event;
    event.mutable_end()->set_interrupted_by(interrupted_by);
    Send(std::move(event));
  }
  void TellEnded(int exit_code, int signo, absl::string_view text) {
    proto::ToHost event;
    event.mutable_ended()->set_exit_code(exit_code);
    event.mutable_ended()->set_signal(signo);
    event.mutable_ended()->set_text(std::string(text));
    Send(std::move(event));
  }
  void TellTrouble(const std::string& text) {
    proto::ToHost event;
    event.set_trouble(text);
    Send(std::move(event));
  }
  void TellLive(const std::string& text) {
    proto::ToHost event;
    event.set_live(text);
    Send(std::move(event));
  }

  void RunUpToStep() {
    Print("[    0.000000] Linux version 6.12.0\r\n");
    TellReady();
    TellBegin();
  }
  void RunUpToEnd() {
    RunUpToStep();
    TellStressor();
    TellEnd(/*interrupted_by=*/0);
  }
  void RunAll() {
    RunUpToEnd();
    TellEnded(0, 0, "exited with code 0");
  }

  void EndBy(int signo) {
    TellStressor();
    TellEnd(signo);
    TellEnded(128 + signo, 0, "exited");
  }

  // Waits for the host's order, and does not read it.
  void AwaitOrder() const { AwaitBytes(channel_); }
  // The same for one to QEMU.
  void AwaitMonitor() const { AwaitBytes(Socket("monitor", args_)); }
  // Waits for the host's order; returns its signal.
  int AwaitSignal() const {
    FrameDecoder decoder;
    char byte = 0;
    while (read(channel_, &byte, 1) == 1) {
      decoder.Append(absl::string_view(&byte, 1));
      const absl::optional<std::string> payload = decoder.Next();
      proto::ToGuest order;
      if (payload.has_value() && order.ParseFromString(*payload)) {
        return order.signal();
      }
    }
    return 0;
  }

 private:
  static void AwaitBytes(int fd) {
    pollfd bytes = {fd, POLLIN, 0};
    poll(&bytes, 1, /*timeout=*/-1);
  }

  const absl::Span<const char* const> args_;
  const int channel_;
  Sender sender_;
};

// Until somebody kills it.
void Hang() {
  for (;;) pause();
}

void Complain(absl::string_view text) {
  WriteAll(STDERR_FILENO, text).IgnoreError();
}

struct Fate {
  absl::string_view name;
  void (*play)(Machine& machine);
};

// What becomes of QEMU.
constexpr Fate kQemuFates[] = {
    {"refuses",
     [](Machine&) {
       Complain("first line\nqemu: -machine nonsense: no such thing\n");
       exit(1);
     }},
    {"refuses_silently", [](Machine&) { exit(2); }},
    {"exits", [](Machine&) {}},
    {"hangs_in_boot", [](Machine&) { Hang(); }},
    {"killed",
     [](Machine& machine) {
       machine.RunUpToStep();
       raise(SIGKILL);
     }},
    {"terminated",
     [](Machine& machine) {
       machine.RunUpToStep();
       Complain("qemu: terminating on signal 15 from pid 1 (init)\n");
     }},
    {"killed_in_power_off",
     [](Machine& machine) {
       machine.RunAll();
       raise(SIGKILL);
     }},
    {"crashes_in_power_off",
     [](Machine& machine) {
       machine.RunAll();
       Complain("qemu: fatal\n");
       exit(3);
     }},
};

// What becomes of the guest.
constexpr Fate kGuestFates[] = {
    {"completes", [](Machine& machine) { machine.RunAll(); }},
    {"completes_by_serial", [](Machine& machine) { machine.RunAll(); }},
    {"panics_in_boot", [](Machine& machine) { machine.Print(kPanic); }},
    {"breaks_in_boot",
     [](Machine& machine) { machine.Print(kStaleBreakpoint); }},
    {"breaks_in_its_first_boot",
     [](Machine& machine) {
       // The kernel is a file that the first boot makes.
       if (access(machine.kernel().c_str(), F_OK) == 0) return machine.RunAll();
       OpenFile(machine.kernel(), O_CREAT | O_WRONLY, 0600)
           .status()
           .IgnoreError();
       machine.Print(kStaleBreakpoint);
     }},
    {"panics",
     [](Machine& machine) {
       machine.RunUpToStep();
       machine.TellLive("0.5s");
       machine.Print(kPanic);
     }},
    {"panics_in_power_off",
     [](Machine& machine) {
       machine.RunAll();
       machine.Print(kPanic);
     }},
    {"panics_and_hangs",
     [](Machine& machine) {
       machine.Print(kPanic);
       machine.RunUpToStep();
       Hang();
     }},
    {"hangs",
     [](Machine& machine) {
       machine.RunUpToStep();
       Hang();
     }},
    {"hangs_until_asked_why",
     [](Machine& machine) {
       machine.RunUpToStep();
       machine.AwaitMonitor();
     }},
    {"does_not_power_off",
     [](Machine& machine) {
       machine.RunAll();
       Hang();
     }},
    {"powers_off_early", [](Machine& machine) { machine.RunUpToStep(); }},
    {"floods",
     [](Machine& machine) {
       machine.RunUpToStep();
       const std::string lines(size_t{1} << 20, '\n');
       for (;;) machine.Print(lines);
     }},
};

// What becomes of the run in the guest, and of what it tells.
constexpr Fate kRunFates[] = {
    {"breaks_off",
     [](Machine& machine) {
       machine.RunUpToStep();
       const std::string frame = *EncodeFrame(std::string(1000, 'x'), 3);
       machine.SendBytes(absl::string_view(frame).substr(0, 500));
     }},
    {"mixes_garbage_in",
     [](Machine& machine) {
       machine.RunUpToStep();
       machine.SendBytes(std::string(100, '\xF9'));
       machine.TellStressor();
       machine.TellEnd(/*interrupted_by=*/0);
       machine.TellEnded(0, 0, "exited with code 0");
     }},
    {"sends_only_garbage",
     [](Machine& machine) { machine.SendBytes(std::string(100, 'x')); }},
    {"loses_ready",
     [](Machine& machine) {
       machine.TellBegin();
       machine.TellStressor();
       machine.TellEnd(/*interrupted_by=*/0);
       machine.TellEnded(0, 0, "exited with code 0");
     }},
    {"run_crashes",
     [](Machine& machine) {
       machine.RunUpToStep();
       machine.TellEnded(0, SIGSEGV, "was killed by SIGSEGV");
     }},
    {"run_crashes_late",
     [](Machine& machine) {
       machine.RunUpToEnd();
       machine.TellEnded(0, SIGSEGV, "was killed by SIGSEGV");
     }},
    {"run_refuses",
     [](Machine& machine) {
       machine.TellReady();
       machine.TellTrouble("no such stressor");
       machine.TellEnded(64, 0, "exited with code 64");
     }},
    {"counts_descriptors",
     [](Machine& machine) {
       machine.TellReady();
       // One is the iterator's own.
       const std::filesystem::directory_iterator fds("/proc/self/fd");
       machine.TellLive(absl::StrCat(std::distance(begin(fds), end(fds)) - 1));
     }},
};

// What comes of signals.
constexpr Fate kSignalFates[] = {
    {"is_interrupted",
     [](Machine& machine) {
       machine.RunUpToStep();
       machine.EndBy(machine.AwaitSignal());
     }},
    {"dies_of_the_order",
     [](Machine& machine) {
       machine.RunUpToStep();
       machine.AwaitOrder();
       machine.EndBy(SIGINT);
     }},
    {"interrupts",
     [](Machine& machine) {
       machine.RunUpToStep();
       kill(getppid(), SIGINT);
       machine.EndBy(machine.AwaitSignal());
     }},
    {"interrupts_twice",
     [](Machine& machine) {
       machine.RunUpToStep();
       kill(getppid(), SIGINT);
       machine.AwaitSignal();
       kill(getppid(), SIGINT);
       Hang();
     }},
};

const Fate* FindFate(absl::string_view name) {
  for (const absl::Span<const Fate> fates :
       {absl::MakeConstSpan(kQemuFates), absl::MakeConstSpan(kGuestFates),
        absl::MakeConstSpan(kRunFates), absl::MakeConstSpan(kSignalFates)}) {
    for (const Fate& fate : fates) {
      if (fate.name == name) return &fate;
    }
  }
  return nullptr;
}

int Play(absl::Span<const char* const> args) {
  const std::string kernel = ValueOf("-kernel", args);
  const Fate* fate =
      FindFate(absl::string_view(kernel).substr(kernel.rfind('/') + 1));
  if (fate == nullptr) {
    Complain(absl::StrCat("no such fate: ", kernel, "\n"));
    return EXIT_FAILURE;
  }
  const bool serial = fate->name == "completes_by_serial";
  Machine machine(args,
                  Socket(serial ? "channel_serial" : "channel_virtio", args));
  fate->play(machine);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace ktstr

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  return ktstr::Play({argv, static_cast<size_t>(argc)});
}
