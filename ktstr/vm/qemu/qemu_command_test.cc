// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/qemu/qemu_command.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/machine_spec/vm_memory.h"
#include "ktstr/vm/machine_spec/vm_spec.h"
#include "ktstr/vm/qemu/accelerator.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

QemuOptions Options(const VmSpec& spec) {
  QemuOptions options;
  options.spec = spec;
  options.memory_bytes = DefaultMemory(spec);
  options.kernel = "/boot/vmlinuz";
  options.initrd = "/proc/self/fd/9";
  options.kernel_args = "console=ttyS0 -- vm_guest";
  return options;
}

// What follows each `option`, in its order.
std::vector<std::string> ValuesOf(const std::vector<std::string>& command,
                                  const std::string& option) {
  std::vector<std::string> values;
  for (size_t i = 0; i + 1 < command.size(); ++i) {
    if (command[i] == option) values.push_back(command[i + 1]);
  }
  return values;
}

TEST(QemuCommandTest, SaysAllOfASmallMachine) {
  QemuOptions options = Options({2, 1, 2, 2});
  options.distances = {{10, 31}, {31, 10}};
  options.console_fd = 5;
  options.channel_virtio_fd = 6;
  options.channel_serial_fd = 7;
  options.monitor_fd = 8;
  EXPECT_THAT(
      ShellQuoted(QemuCommand(options)),
      Eq("qemu-system-x86_64 -nodefaults -no-user-config -no-reboot "
         "-display none -sandbox on,obsolete=deny,elevateprivileges=deny,"
         "spawn=deny,resourcecontrol=deny "
         "-machine q35,sata=off,smbus=off,vmport=off -accel tcg,thread=multi "
         "-cpu max,vendor=GenuineIntel,monitor=off "
         "-smp 8,sockets=2,dies=1,cores=2,threads=2 -m size=1024M "
         "-object memory-backend-ram,id=memory0,size=512M "
         "-numa node,nodeid=0,memdev=memory0 -numa cpu,node-id=0,socket-id=0 "
         "-object memory-backend-ram,id=memory1,size=512M "
         "-numa node,nodeid=1,memdev=memory1 -numa cpu,node-id=1,socket-id=1 "
         "-numa dist,src=0,dst=1,val=31 -numa dist,src=1,dst=0,val=31 "
         "-chardev socket,id=console,fd=5 -serial chardev:console "
         "-chardev socket,id=channel_serial,fd=7 "
         "-serial chardev:channel_serial "
         "-chardev socket,id=channel_virtio,fd=6 -device virtio-serial-pci "
         "-device virtserialport,chardev=channel_virtio,name=ktstr.0 "
         "-chardev socket,id=monitor,fd=8 -mon chardev=monitor,mode=control "
         "-kernel /boot/vmlinuz -initrd /proc/self/fd/9 "
         "-append 'tsc=reliable pti=off cpuhp.parallel=0 "
         "console=ttyS0 -- vm_guest'"));
}

TEST(QemuCommandTest, KeepsTheSerialPortsInTheirPlaces) {
  QemuOptions options = Options({});
  options.channel_serial_fd = 7;
  EXPECT_THAT(ValuesOf(QemuCommand(options), "-serial"),
              ElementsAre("null", "chardev:channel_serial"));
}

TEST(QemuCommandTest, LeavesOutWhatIsNotThere) {
  QemuOptions options = Options({});
  options.initrd = "";
  const std::vector<std::string> command = QemuCommand(options);
  EXPECT_THAT(command, Not(Contains("-initrd")));
  EXPECT_THAT(ValuesOf(command, "-chardev"), IsEmpty());
  EXPECT_THAT(ValuesOf(command, "-device"), IsEmpty());
  EXPECT_THAT(ValuesOf(command, "-mon"), IsEmpty());
}

TEST(QemuCommandTest, SharesMemoryAmongAllNodes) {
  for (const VmPreset& preset : VmPresets()) {
    const std::vector<std::string> command = QemuCommand(Options(preset.spec));
    const int64_t mebi = DefaultMemory(preset.spec) >> 20;
    EXPECT_THAT(ValuesOf(command, "-m"),
                ElementsAre(absl::StrCat("size=", mebi, "M")));
    EXPECT_THAT(ValuesOf(command, "-object"),
                AllOf(SizeIs(preset.spec.nodes),
                      Each(HasSubstr(absl::StrCat(
                          ",size=", mebi / preset.spec.nodes, "M")))));
    EXPECT_THAT(ValuesOf(command, "-numa"), SizeIs(2 * preset.spec.nodes));
  }
}

TEST(QemuCommandTest, TakesTheHostsCpuWithKvm) {
  QemuOptions options = Options({1, 1, 1, 2});
  options.accelerator = Accelerator::kKvm;
  options.amd_host = false;
  EXPECT_THAT(ValuesOf(QemuCommand(options), "-accel"), ElementsAre("kvm"));
  EXPECT_THAT(ValuesOf(QemuCommand(options), "-cpu"),
              ElementsAre("host,migratable=off"));
  EXPECT_THAT(ValuesOf(QemuCommand(options), "-append"),
              ElementsAre("console=ttyS0 -- vm_guest"));
  options.amd_host = true;
  EXPECT_THAT(ValuesOf(QemuCommand(options), "-cpu"),
              ElementsAre("host,migratable=off,topoext=on"));
}

TEST(QemuCommandTest, PutsExtraArgumentsLast) {
  QemuOptions options = Options({});
  options.qemu = "/opt/qemu";
  options.extra_args = {"-m", "3G"};
  const std::vector<std::string> command = QemuCommand(options);
  EXPECT_THAT(command.front(), Eq("/opt/qemu"));
  EXPECT_THAT(std::vector<std::string>(command.end() - 2, command.end()),
              ElementsAre("-m", "3G"));
}

TEST(QemuCommandDeathTest, WantsMemoryForEveryNode) {
  QemuOptions options = Options({3, 1, 1, 1});
  options.memory_bytes = int64_t{512} << 20;
  EXPECT_DEATH(QemuCommand(options), "memory_bytes");
}

TEST(KernelArgumentsTest, LeavesTheLastWordToTheUser) {
  EXPECT_THAT(KernelArguments("loglevel=8 x=\"a b\"", {"vm_guest", "-v"}),
              IsOkAndHolds("console=ttyS0 loglevel=5 panic=-1 no_timer_check "
                           "sysrq_always_enabled "
                           "loglevel=8 x=\"a b\" -- vm_guest -v"));
  EXPECT_THAT(KernelArguments("", {}),
              IsOkAndHolds("console=ttyS0 loglevel=5 panic=-1 no_timer_check "
                           "sysrq_always_enabled"));
}

struct BadArguments {
  const char* append;
  const char* init_word;
  const char* message;
};

constexpr BadArguments kBadArguments[] = {
    {"--", "x", "'--' in '--' would hide"},
    {"quiet -- y", "x", "'--' in 'quiet -- y' would hide"},
    {"quiet\nsplash", "x", "not printable"},
    {"quiet\tsplash", "x", "not printable"},
    {"", "", "'' is no word for init"},
    {"", "a b", "'a b' is no word for init"},
    {"", "a\"b", "is no word for init"},
    {"", "a\n", "is no word for init"},
};

TEST(KernelArgumentsTest, RefusesWhatTheKernelWouldReadOtherwise) {
  for (const BadArguments& bad : kBadArguments) {
    SCOPED_TRACE(bad.message);
    EXPECT_THAT(
        KernelArguments(bad.append, {bad.init_word}),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad.message)));
  }
}

TEST(KernelArgumentsTest, RefusesALineThatTheKernelWouldCut) {
  const size_t own = KernelArguments(" ", {})->size();
  const size_t tcg =
      std::string("tsc=reliable pti=off cpuhp.parallel=0 ").size();
  const std::string fits(2047 - tcg - own + 1, 'x');
  EXPECT_THAT(KernelArguments(fits, {}), IsOk());
  EXPECT_THAT(
      KernelArguments(fits + "x", {}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is the most")));
}

TEST(ShellQuotedTest, QuotesWhatAShellWouldChange) {
  const std::vector<std::string> argv = {"qemu", "a b",      "it's", "",
                                         "$x",   "size=1,y", "~",    "*"};
  EXPECT_THAT(ShellQuoted(argv),
              Eq("qemu 'a b' 'it'\\''s' '' '$x' size=1,y '~' '*'"));
}

}  // namespace
}  // namespace ktstr
