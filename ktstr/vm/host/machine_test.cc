// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/machine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/fd.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/channel/channel.pb.h"
#include "ktstr/vm/machine_spec/vm_memory.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// In the runfiles, from the folder where tests are started.
constexpr char kFakeQemu[] = "ktstr/vm/host/fake_qemu";
// Never over where it is not to pass, over at once where it is.
constexpr absl::Duration kLong = absl::Hours(1);
constexpr absl::Duration kShort = absl::Milliseconds(1);

class MachineTest : public testing::Test {
 protected:
  MachineTest() : initrd_(*MakeMemoryFile("initrd")) {
    EXPECT_THAT(WriteAll(initrd_.get(), "initial files"), IsOk());
    EXPECT_THAT(SealMemoryFile(initrd_.get()), IsOk());
    signal(SIGPIPE, SIG_IGN);
  }

  // Of a machine with this fate; see fake_qemu.cc.
  MachineOptions Options(const std::string& fate) {
    MachineOptions options;
    options.qemu.qemu = kFakeQemu;
    options.qemu.kernel = fate;
    options.qemu.memory_bytes = DefaultMemory(options.qemu.spec);
    options.initrd_fd = initrd_.get();
    options.timeout = kLong;
    options.patience = kLong;
    options.power_off_patience = kLong;
    options.answer_patience = absl::Milliseconds(1);
    options.vm.set_topology("1c");
    options.on_event = [this](proto::ToHost event) {
      events_.push_back(std::move(event));
    };
    options.on_console = [this](absl::string_view bytes) {
      console_.append(bytes.data(), bytes.size());
    };
    return options;
  }

  static std::unique_ptr<Machine> StartOrDie(MachineOptions options) {
    absl::StatusOr<std::unique_ptr<Machine>> machine =
        Machine::Start(std::move(options));
    EXPECT_THAT(machine, IsOk());
    return *std::move(machine);
  }

  static void WaitAndPump(Machine& machine) {
    std::vector<pollfd> polls;
    machine.AddPolls(polls);
    const int64_t left_ns =
        std::clamp<int64_t>(machine.deadline_ns() - MonotonicNanos(), 0,
                            absl::ToInt64Nanoseconds(kLong));
    poll(polls.data(), polls.size(), static_cast<int>(left_ns / 1'000'000) + 1);
    machine.Pump();
  }

  static const proto::Vm& RunToEnd(Machine& machine) {
    while (!machine.ended()) WaitAndPump(machine);
    return machine.vm();
  }
  proto::Vm Run(MachineOptions options) {
    return RunToEnd(*StartOrDie(std::move(options)));
  }

  // Until the guest tells of its first step.
  void RunToStep(Machine& machine) const {
    while (events_.empty() || !events_.back().has_step()) {
      WaitAndPump(machine);
    }
  }

  const Fd initrd_;
  std::vector<proto::ToHost> events_;
  std::string console_;
};

std::vector<std::string> PhaseNames(const proto::Vm& vm) {
  std::vector<std::string> names;
  for (const proto::Phase& phase : vm.phases()) {
    names.push_back(phase.name());
    EXPECT_GE(phase.ns(), 0) << phase.name();
    // That of the kernel is this machine's: the guest's clock is the host's.
    if (phase.name() == "kernel") continue;
    EXPECT_LT(phase.ns(), absl::ToInt64Nanoseconds(kLong)) << phase.name();
  }
  return names;
}

TEST_F(MachineTest, TellsAllOfARunThatCompletes) {
  const proto::Vm vm = Run(Options("completes"));
  EXPECT_EQ(vm.end(), proto::Vm::COMPLETED);
  EXPECT_EQ(vm.end_text(), "");
  EXPECT_EQ(vm.topology(), "1c");
  EXPECT_EQ(vm.channel(), "virtio");
  EXPECT_EQ(vm.channel_lost_bytes(), 0);
  EXPECT_THAT(PhaseNames(vm),
              ElementsAre("firmware", "kernel", "init", "run", "power off"));
  EXPECT_EQ(vm.qemu_command(0), kFakeQemu);
  EXPECT_THAT(vm.console_tail(), IsEmpty());
  EXPECT_THAT(console_, HasSubstr("Linux version"));

  ASSERT_EQ(events_.size(), 6);
  EXPECT_TRUE(events_[0].has_ready());
  EXPECT_EQ(events_[1].begin().version(), "initial files");
  EXPECT_TRUE(events_[2].has_step());
  EXPECT_TRUE(events_[3].has_stressor());
  EXPECT_TRUE(events_[4].has_end());
  EXPECT_TRUE(events_[5].has_ended());
}

TEST_F(MachineTest, TakesTheReportFromTheSerialLine) {
  const proto::Vm vm = Run(Options("completes_by_serial"));
  EXPECT_EQ(vm.end(), proto::Vm::COMPLETED);
  EXPECT_EQ(vm.channel(), "serial");
  EXPECT_EQ(events_.size(), 6);
}

TEST_F(MachineTest, IsNotStartedWithoutQemu) {
  MachineOptions options = Options("completes");
  options.qemu.qemu = "/nonexistent/qemu";
  EXPECT_THAT(
      Machine::Start(std::move(options)).status(),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nonexistent/qemu")));
}

struct EndCase {
  std::string fate;
  proto::Vm::End end;
  std::string text;

  friend void PrintTo(const EndCase& test, std::ostream* out) {
    *out << test.fate;
  }
};

class MachineEndTest : public MachineTest,
                       public testing::WithParamInterface<EndCase> {};

TEST_P(MachineEndTest, IsTold) {
  const proto::Vm vm = Run(Options(GetParam().fate));
  EXPECT_EQ(proto::Vm::End_Name(vm.end()), proto::Vm::End_Name(GetParam().end));
  EXPECT_EQ(vm.end_text(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Qemu, MachineEndTest,
    testing::ValuesIn(std::vector<EndCase>{
        {"refuses", proto::Vm::NOT_STARTED,
         "QEMU exited with code 1: qemu: -machine nonsense: no such thing"},
        {"refuses_silently", proto::Vm::NOT_STARTED, "QEMU exited with code 2"},
        {"exits", proto::Vm::STOPPED,
         "it ended before ktstr ran in it; QEMU exited with code 0"},
        {"killed", proto::Vm::KILLED, "QEMU was killed by SIGKILL"},
        {"terminated", proto::Vm::KILLED,
         "QEMU exited with code 0: qemu: terminating on signal 15 from pid 1 "
         "(init)"},
        {"killed_in_power_off", proto::Vm::KILLED,
         "QEMU was killed by SIGKILL"},
        {"crashes_in_power_off", proto::Vm::STOPPED,
         "it told all; QEMU exited with code 3: qemu: fatal"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Guest, MachineEndTest,
    testing::ValuesIn(std::vector<EndCase>{
        {"panics_in_boot", proto::Vm::PANICKED, "kernel panic: x"},
        {"panics", proto::Vm::PANICKED, "kernel panic: x"},
        {"panics_in_power_off", proto::Vm::PANICKED, "kernel panic: x"},
        {"powers_off_early", proto::Vm::STOPPED,
         "it ended before the run in it did; QEMU exited with code 0"},
        {"breaks_off", proto::Vm::STOPPED,
         "it ended before the run in it did; QEMU exited with code 0"},
        {"sends_only_garbage", proto::Vm::STOPPED,
         "it ended before ktstr ran in it; QEMU exited with code 0"},
        {"run_crashes", proto::Vm::STOPPED,
         "ktstr in the guest was killed by SIGSEGV without a report"},
        {"run_crashes_late", proto::Vm::STOPPED,
         "ktstr in the guest was killed by SIGSEGV after its report"},
        {"run_refuses", proto::Vm::STOPPED,
         "ktstr in the guest exited with code 64 without a report"},
    }));

TEST_F(MachineTest, QuotesTheConsoleOfAPanic) {
  const proto::Vm vm = Run(Options("panics"));
  EXPECT_THAT(vm.console_tail(),
              ElementsAre("[    0.000000] Linux version 6.12.0",
                          HasSubstr("BUG: kernel NULL pointer"),
                          HasSubstr("Kernel panic - not syncing: x")));
  EXPECT_THAT(vm.console_faults(), ElementsAre(HasSubstr("BUG: kernel NULL")));
  EXPECT_THAT(PhaseNames(vm), ElementsAre("firmware", "kernel", "init"));
  EXPECT_EQ(events_.back().live(), "0.5s");
}

TEST_F(MachineTest, PanicIsTheReasonWhateverFollows) {
  const std::unique_ptr<Machine> machine =
      StartOrDie(Options("panics_and_hangs"));
  RunToStep(*machine);
  machine->Kill(proto::Vm::TIMED_OUT, "too long");
  EXPECT_EQ(RunToEnd(*machine).end(), proto::Vm::PANICKED);
}

TEST_F(MachineTest, CountsWhatBreaksOff) {
  EXPECT_EQ(Run(Options("breaks_off")).channel_lost_bytes(), 500);
  EXPECT_EQ(events_.size(), 3);
}

TEST_F(MachineTest, FindsTheReportInGarbage) {
  const proto::Vm vm = Run(Options("mixes_garbage_in"));
  EXPECT_EQ(vm.end(), proto::Vm::COMPLETED);
  EXPECT_EQ(vm.channel_lost_bytes(), 100);
  EXPECT_EQ(events_.size(), 6);
}

TEST_F(MachineTest, CountsWhatHoldsNoReport) {
  const proto::Vm vm = Run(Options("sends_only_garbage"));
  EXPECT_EQ(vm.channel(), "");
  EXPECT_EQ(vm.channel_lost_bytes(), 100);
}

TEST_F(MachineTest, GoesOnWithoutTheFirstEvent) {
  const proto::Vm vm = Run(Options("loses_ready"));
  EXPECT_EQ(vm.end(), proto::Vm::COMPLETED);
  EXPECT_EQ(vm.channel(), "virtio");
  EXPECT_THAT(PhaseNames(vm), ElementsAre("run", "power off"));
}

TEST_F(MachineTest, IsKilledAfterItsTime) {
  MachineOptions options = Options("hangs");
  options.timeout = kShort;
  const proto::Vm vm = Run(std::move(options));
  EXPECT_EQ(vm.end(), proto::Vm::TIMED_OUT);
  EXPECT_EQ(vm.end_text(), "it did not end within 1ms");
}

TEST_F(MachineTest, IsKilledThoughItFloods) {
  MachineOptions options = Options("floods");
  options.timeout = kShort;
  EXPECT_EQ(Run(std::move(options)).end(), proto::Vm::TIMED_OUT);
}

TEST_F(MachineTest, MayBeGivenForEver) {
  MachineOptions options = Options("completes");
  options.timeout = absl::InfiniteDuration();
  EXPECT_EQ(Run(std::move(options)).end(), proto::Vm::COMPLETED);
}

TEST_F(MachineTest, HasToPowerOff) {
  MachineOptions options = Options("does_not_power_off");
  options.power_off_patience = kShort;
  const proto::Vm vm = Run(std::move(options));
  EXPECT_EQ(vm.end(), proto::Vm::TIMED_OUT);
  EXPECT_EQ(vm.end_text(), "it told all, but did not power off within 1ms");
  EXPECT_EQ(events_.size(), 6);
}

TEST_F(MachineTest, PassesSignalsOn) {
  const std::unique_ptr<Machine> machine =
      StartOrDie(Options("is_interrupted"));
  RunToStep(*machine);
  machine->Signal(SIGTERM);
  EXPECT_EQ(RunToEnd(*machine).end(), proto::Vm::COMPLETED);
  ASSERT_EQ(events_.size(), 6);
  EXPECT_EQ(events_[4].end().interrupted_by(), SIGTERM);
}

// What a peer left unread makes the kernel reset the connection.
TEST_F(MachineTest, LosesNothingOfAGuestThatDoesNotListen) {
  const std::unique_ptr<Machine> machine =
      StartOrDie(Options("dies_of_the_order"));
  RunToStep(*machine);
  machine->Signal(SIGINT);
  EXPECT_EQ(RunToEnd(*machine).end(), proto::Vm::COMPLETED);
  EXPECT_EQ(events_.size(), 6);
}

TEST_F(MachineTest, IsKilledWhenASignalDoesNotEndIt) {
  MachineOptions options = Options("hangs");
  options.patience = kShort;
  const std::unique_ptr<Machine> machine = StartOrDie(std::move(options));
  RunToStep(*machine);
  machine->Signal(SIGINT);
  const proto::Vm& vm = RunToEnd(*machine);
  EXPECT_EQ(vm.end(), proto::Vm::TIMED_OUT);
  EXPECT_EQ(vm.end_text(), "it did not end within 1ms when it was interrupted");
}

TEST_F(MachineTest, SignalEndsABoot) {
  const std::unique_ptr<Machine> machine = StartOrDie(Options("hangs_in_boot"));
  machine->Signal(SIGINT);
  const proto::Vm& vm = RunToEnd(*machine);
  EXPECT_EQ(vm.end(), proto::Vm::INTERRUPTED);
  EXPECT_EQ(vm.end_text(), "interrupted while it booted");
}

TEST_F(MachineTest, KillTellsWhy) {
  const std::unique_ptr<Machine> machine = StartOrDie(Options("hangs"));
  RunToStep(*machine);
  machine->Kill(proto::Vm::INTERRUPTED, "enough");
  machine->Kill(proto::Vm::TIMED_OUT, "too late");
  EXPECT_EQ(RunToEnd(*machine).end_text(), "enough");
  machine->Kill(proto::Vm::TIMED_OUT, "too late");
  machine->Signal(SIGINT);
  machine->Pump();
  EXPECT_EQ(machine->vm().end(), proto::Vm::INTERRUPTED);
}

TEST_F(MachineTest, DiesWithTheObject) {
  std::unique_ptr<Machine> machine = StartOrDie(Options("hangs"));
  const pid_t pid = machine->pid();
  EXPECT_EQ(kill(pid, 0), 0);
  machine.reset();
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

size_t CountOpenFiles() {
  const std::filesystem::directory_iterator fds("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(fds), end(fds)));
}

TEST_F(MachineTest, LeavesNoDescriptor) {
  const size_t before = CountOpenFiles();
  for (const char* fate : {"completes", "killed", "refuses"}) {
    Run(Options(fate));
    EXPECT_EQ(CountOpenFiles(), before) << fate;
  }
  MachineOptions options = Options("completes");
  options.qemu.qemu = "/nonexistent/qemu";
  EXPECT_THAT(Machine::Start(std::move(options)), testing::Not(IsOk()));
  EXPECT_EQ(CountOpenFiles(), before);
}

// Three standard streams, console, two channels, monitor, initial file system.
TEST_F(MachineTest, GetsNoDescriptorsOfOthers) {
  const std::unique_ptr<Machine> other = StartOrDie(Options("hangs_in_boot"));
  Run(Options("counts_descriptors"));
  EXPECT_EQ(events_.back().live(), "8");
}

}  // namespace
}  // namespace ktstr
