// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/host_context.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/host/fake_root.h"

namespace ktstr {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;

TEST(ReadHostContextTest, ReadsTheKernel) {
  const FakeRoot root;
  root.Write("/proc/sys/kernel/osrelease", "6.12.1-test\n");
  root.Write("/proc/sys/kernel/version", "#7 SMP PREEMPT\n");
  root.Write("/proc/sys/kernel/arch", "riscv64\n");
  const HostContext host = ReadHostContext(root.path());
  EXPECT_EQ(host.kernel_release, "6.12.1-test");
  EXPECT_EQ(host.kernel_version, "#7 SMP PREEMPT");
  EXPECT_EQ(host.machine, "riscv64");
}

TEST(ReadHostContextTest, KeepsTheOptionsThatMatterToSchedulers) {
  const FakeRoot root;
  root.Write("/proc/sys/kernel/osrelease", "6.12.1-test\n");
  root.Write("/boot/config-6.12.1-test",
             "# General setup\n"
             "CONFIG_HZ_250=y\n"
             "CONFIG_HZ=250\n"
             "# CONFIG_PREEMPT_RT is not set\n"
             "CONFIG_SCHED_CLASS_EXT=y\n"
             "CONFIG_EXT4_FS=m\n");
  const HostContext host = ReadHostContext(root.path());
  EXPECT_EQ(host.kernel_config_source, "/boot/config-6.12.1-test");
  EXPECT_THAT(host.kernel_config,
              ElementsAre(NamedValue{"CONFIG_HZ", "250"},
                          NamedValue{"CONFIG_PREEMPT_RT", "n"},
                          NamedValue{"CONFIG_SCHED_CLASS_EXT", "y"}));
}

TEST(ReadHostContextTest, SaysThatAPackedConfigWasNotRead) {
  const FakeRoot root;
  root.Write("/proc/sys/kernel/osrelease", "6.12.1-test\n");
  root.Write("/proc/config.gz", "\x1f\x8b");
  EXPECT_THAT(ReadHostContext(root.path()).unreadable,
              Contains("kernel config: no /boot/config-6.12.1-test, and "
                       "/proc/config.gz is packed"));
}

TEST(ReadHostContextTest, ReadsSysctlsAndAutogroup) {
  const FakeRoot root;
  root.Write("/proc/sys/kernel/sched_autogroup_enabled", "1\n");
  root.Write("/proc/sys/kernel/sched_rt_runtime_us", "950000\n");
  const HostContext host = ReadHostContext(root.path());
  EXPECT_THAT(host.sysctls,
              ElementsAre(NamedValue{"kernel.sched_autogroup_enabled", "1"},
                          NamedValue{"kernel.sched_rt_runtime_us", "950000"}));
  EXPECT_THAT(host.autogroup, Optional(true));
}

TEST(ReadHostContextTest, ReadsTheSchedulersDebugFiles) {
  const FakeRoot root;
  root.Write("/sys/kernel/debug/sched/features", "PLACE_LAG NO_HRTICK\n");
  EXPECT_THAT(ReadHostContext(root.path()).sched_debug,
              ElementsAre(NamedValue{"features", "PLACE_LAG NO_HRTICK"}));
}

TEST(ReadHostContextTest, ReadsCpuAndHypervisor) {
  const FakeRoot root;
  root.Write("/proc/cpuinfo",
             "processor\t: 0\nmodel name\t: Some CPU @ 2GHz\n"
             "flags\t\t: fpu hypervisor lahf_lm\n\nprocessor\t: 1\n");
  HostContext host = ReadHostContext(root.path());
  EXPECT_EQ(host.cpu_model, "Some CPU @ 2GHz");
  EXPECT_EQ(host.hypervisor, "unknown");
  root.Write("/sys/class/dmi/id/sys_vendor", "Vendor\n");
  EXPECT_EQ(ReadHostContext(root.path()).hypervisor, "Vendor");
}

TEST(ReadHostContextTest, ReadsClocks) {
  const FakeRoot root;
  const std::string devices = "/sys/devices/system/";
  root.Write(devices + "clocksource/clocksource0/current_clocksource", "tsc\n");
  root.Write(devices + "clockevents/clockevent0/current_device", "lapic\n");
  const HostContext host = ReadHostContext(root.path());
  EXPECT_EQ(host.clocksource, "tsc");
  EXPECT_EQ(host.tick_device, "lapic");
}

TEST(ReadHostContextTest, PrefersTheCpuControllersCgroup) {
  const FakeRoot root;
  root.Write("/proc/self/cgroup", "0::/two\n");
  EXPECT_EQ(ReadHostContext(root.path()).cgroup, "/two");
  root.Write("/proc/self/cgroup", "5:cpuset:/x\n4:cpu,cpuacct:/one:1\n0::/two");
  EXPECT_EQ(ReadHostContext(root.path()).cgroup, "/one:1");
}

TEST(ReadHostContextTest, ListsWhatAnEmptyHostDoesNotSay) {
  const FakeRoot root;
  const HostContext host = ReadHostContext(root.path());
  EXPECT_THAT(host.kernel_release, Not(IsEmpty()));  // From uname(2).
  EXPECT_EQ(host.hypervisor, "");
  EXPECT_EQ(host.sched_ext, "");
  EXPECT_EQ(host.autogroup, std::nullopt);
  EXPECT_THAT(host.unreadable, Contains(HasSubstr("sysctls")));
  EXPECT_THAT(host.unreadable, Contains(HasSubstr("scheduler features")));
  EXPECT_THAT(host.unreadable, Contains(HasSubstr("clock source")));
  EXPECT_THAT(host.unreadable, Contains(HasSubstr("topology")));
}

TEST(ReadHostContextTest, ReadsTheRealHost) {
  const HostContext host = ReadHostContext();
  EXPECT_THAT(host.kernel_release, Not(IsEmpty()));
  EXPECT_THAT(host.machine, Not(IsEmpty()));
}

}  // namespace
}  // namespace ktstr
