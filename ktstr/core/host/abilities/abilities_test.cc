// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/abilities/abilities.h"

#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/host/abilities/attempts.h"
#include "ktstr/core/host/fake_root.h"
#include "ktstr/core/host/host_context.h"
#include "ktstr/topology/fake_sysfs.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A host of files, on which everything that is tried works.
struct FakeHost {
  FakeHost() { root.Write("/proc/self/uid_map", "0 0 4294967295\n"); }

  void HaveEightCpus() {
    const FakeSysfs sysfs({.cores_per_llc = 8});
    context.topology = *Topology::Read(sysfs.root());
  }

  void BeIn(absl::string_view cgroups, absl::string_view mounts) const {
    root.Write("/proc/self/cgroup", cgroups);
    root.Write("/proc/self/mountinfo", mounts);
  }
  void BeAllowed(absl::string_view cpus) const {
    root.Write("/proc/self/status",
               absl::StrCat("Cpus_allowed_list:\t", cpus, "\n"));
  }

  Ability Get(absl::string_view name) const {
    for (Ability& ability : JudgeAbilities(context, attempts, root.path())) {
      if (ability.name == name) return ability;
    }
    ADD_FAILURE() << "no ability " << name;
    return {};
  }
  std::string Text(absl::string_view name) const {
    const Ability ability = Get(name);
    return absl::StrCat(ability.can ? "yes: " : "no: ", ability.text);
  }

  FakeRoot root;
  HostContext context;
  Attempts attempts;
};

constexpr char kV2[] =
    "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
constexpr char kV2ReadOnly[] =
    "31 23 0:28 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup2 rw\n";
constexpr char kV1[] =
    "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
    "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n";

TEST(AbilitiesTest, AllOnlineCpusAreSaidToBe) {
  FakeHost host;
  host.HaveEightCpus();
  host.BeAllowed("0-7");
  EXPECT_EQ(host.Text("affinity"), "yes: CPUs 0-7, all that are online");
}

TEST(AbilitiesTest, ACpusetOfV2ThatLimitsIsNamedAlsoFromBelow) {
  FakeHost host;
  host.HaveEightCpus();
  host.BeAllowed("0-1");
  host.BeIn("0::/box/in\n", kV2);
  host.root.Write("/sys/fs/cgroup/box/cpuset.cpus.effective", "0-1\n");
  EXPECT_EQ(
      host.Text("affinity"),
      absl::StrCat("yes: CPUs 0-1 of 0-7 online: ", host.root.path(),
                   "/sys/fs/cgroup/box/cpuset.cpus.effective allows 0-1"));
}

TEST(AbilitiesTest, ACpusetOfV1ThatLimitsIsNamed) {
  FakeHost host;
  host.HaveEightCpus();
  host.BeAllowed("2");
  host.BeIn("2:cpuset:/box\n1:cpu:/\n", kV1);
  host.root.Write("/sys/fs/cgroup/cpuset/box/cpuset.effective_cpus", "2\n");
  EXPECT_THAT(host.Text("affinity"),
              AllOf(StartsWith("yes: CPUs 2 of 0-7 online: "),
                    EndsWith("/box/cpuset.effective_cpus allows 2")));
}

TEST(AbilitiesTest, AnAffinityThatLimitsIsToldFromACpuset) {
  FakeHost host;
  host.HaveEightCpus();
  host.BeAllowed("2");
  host.BeIn("0::/\n", kV2);
  host.root.Write("/sys/fs/cgroup/cpuset.cpus.effective", "0-7\n");
  EXPECT_THAT(host.Text("affinity"),
              AllOf(HasSubstr("of 0-7 online: the affinity"),
                    HasSubstr("taskset"), EndsWith("allows 0-7")));
}

TEST(AbilitiesTest, WhatIsRefusedSaysWhy) {
  FakeHost host;
  host.context.sched_ext = "enabled simple (seq 1)";
  for (const auto& [attempt, name] :
       {std::pair(Attempt::kAffinity, "affinity"),
        std::pair(Attempt::kBatch, "batch, idle"),
        std::pair(Attempt::kIdle, "batch, idle"),
        std::pair(Attempt::kRealTime, "fifo, rr"),
        std::pair(Attempt::kDeadline, "deadline"),
        std::pair(Attempt::kExt, "ext"), std::pair(Attempt::kUclamp, "uclamp"),
        std::pair(Attempt::kSlice, "fair slice"),
        std::pair(Attempt::kTimerSlack, "timer slack"),
        std::pair(Attempt::kCoreCookie, "core scheduling"),
        std::pair(Attempt::kMemoryPolicy, "memory policies"),
        std::pair(Attempt::kWeighted, "weighted interleave"),
        std::pair(Attempt::kPages, "page locality"),
        std::pair(Attempt::kUser, "another user")}) {
    EXPECT_TRUE(host.Get(name).can) << name;
    host.attempts[attempt] = absl::PermissionDeniedError("call: refused; X");
    EXPECT_EQ(host.Text(name), "no: call: refused; X");
    host.attempts[attempt] = absl::OkStatus();
  }
}

TEST(AbilitiesTest, NiceGoesAsFarAsTheLimit) {
  FakeHost host;
  EXPECT_EQ(host.Text("nice"), "yes: -20 .. 19");
  host.attempts[Attempt::kNice] = absl::PermissionDeniedError("call: refused");
  host.attempts.lowest_nice = -5;
  EXPECT_EQ(host.Text("nice"), "yes: -5 .. 19; call: refused");
  host.attempts.lowest_nice = 0;
  EXPECT_EQ(host.Text("nice"), "no: 0 .. 19; call: refused");
}

TEST(AbilitiesTest, RealTimeTellsPrioritiesAndThrottling) {
  FakeHost host;
  host.context.sysctls = {{"kernel.sched_rt_runtime_us", "950000"},
                          {"kernel.sched_rt_period_us", "1000000"}};
  EXPECT_EQ(host.Text("fifo, rr"),
            "yes: priorities 1 .. 99, up to 95% of the time: "
            "kernel.sched_rt_runtime_us=950000");
  host.attempts.priority = 10;
  host.context.sysctls[0].value = "-1";
  EXPECT_EQ(host.Text("fifo, rr"),
            "yes: priorities 1 .. 10 (RLIMIT_RTPRIO; more needs CAP_SYS_NICE), "
            "nothing limits them: kernel.sched_rt_runtime_us=-1");
}

TEST(AbilitiesTest, CgroupsOfV1WithRealTimeGroupsForbidRealTime) {
  const FakeHost host;
  host.BeIn("1:cpu:/\n", kV1);
  EXPECT_THAT(host.Text("fifo, rr"), Not(HasSubstr("v1")));
  host.root.Write("/sys/fs/cgroup/cpu/cpu.rt_runtime_us", "950000\n");
  EXPECT_THAT(
      host.Text("fifo, rr"),
      EndsWith("; not in new v1 cgroups, whose cpu.rt_runtime_us is 0"));
}

TEST(AbilitiesTest, ExtMeansNormalWithoutAScheduler) {
  FakeHost host;
  host.context.sched_ext = "disabled (seq 0)";
  EXPECT_THAT(host.Text("ext"), AllOf(StartsWith("no: taken, but means normal"),
                                      HasSubstr("--scheduler")));
  host.context.sched_ext = "enabled simple (seq 1)";
  EXPECT_EQ(host.Text("ext"), "yes: sched_ext is enabled simple (seq 1)");
}

TEST(AbilitiesTest, AutogroupIsOnOffOrAbsent) {
  FakeHost host;
  EXPECT_EQ(host.Text("autogroup"), "no: no CONFIG_SCHED_AUTOGROUP");
  host.context.autogroup = false;
  EXPECT_EQ(host.Text("autogroup"),
            "no: off: sysctl kernel.sched_autogroup_enabled=1 switches it on");
  host.context.autogroup = true;
  EXPECT_EQ(host.Text("autogroup"), "yes: each session is a group of its own");
  host.context.cgroup = "/box";
  host.BeIn("0::/box\n", kV2);
  EXPECT_THAT(host.Text("autogroup"), StartsWith("yes: "));
  host.root.Write("/sys/fs/cgroup/box/cpu.weight", "100\n");
  EXPECT_THAT(host.Text("autogroup"),
              StartsWith("no: without effect in the cgroup /box"));
  host.BeIn("2:cpuset:/box\n1:cpu:/\n", kV1);
  EXPECT_THAT(host.Text("autogroup"), StartsWith("yes: "));
  host.BeIn("2:cpuset:/\n1:cpu:/box\n", kV1);
  EXPECT_THAT(host.Text("autogroup"), StartsWith("no: without effect"));
}

TEST(AbilitiesTest, ControllersTellWhereAndWhichVersion) {
  const FakeHost host;
  host.BeIn("2:cpuset:/\n1:cpu:/\n0::/\n",
            absl::StrCat(kV1,
                         "41 31 0:38 / /sys/fs/cgroup/unified rw - "
                         "cgroup2 cgroup2 rw\n"));
  host.root.Write("/sys/fs/cgroup/cpu/cgroup.procs", "");
  host.root.Write("/sys/fs/cgroup/cpuset/cgroup.procs", "");
  host.root.Write("/sys/fs/cgroup/unified/cgroup.procs", "");
  host.root.Write("/sys/fs/cgroup/unified/cgroup.subtree_control", "");
  host.root.Write("/sys/fs/cgroup/unified/cgroup.controllers", "memory\n");
  EXPECT_THAT(host.Text("cgroup cpu"), AllOf(StartsWith("yes: v1, below "),
                                             EndsWith("/sys/fs/cgroup/cpu")));
  EXPECT_THAT(host.Text("cgroup memory"),
              AllOf(StartsWith("yes: v2, below "),
                    EndsWith("/unified, which gets +memory in "
                             "cgroup.subtree_control for the run")));
  EXPECT_EQ(host.Text("threads in cgroups"), "yes: v1: any of them");
}

TEST(AbilitiesTest, ReadOnlyCgroupsOfAContainerAreNamed) {
  FakeHost host;
  host.BeIn("0::/\n", kV2ReadOnly);
  host.root.Write("/sys/fs/cgroup/cgroup.controllers", "cpu\n");
  host.attempts[Attempt::kBirth] = absl::PermissionDeniedError("refused");
  for (const char* name :
       {"cgroup cpu", "cgroup cpuset", "threads in cgroups"}) {
    EXPECT_THAT(host.Text(name),
                AllOf(StartsWith("no: "), HasSubstr("is mounted read-only")));
  }
  EXPECT_THAT(host.Text("born in a cgroup"),
              AllOf(StartsWith("no: refused; "), HasSubstr("cgroup.procs")));
}

TEST(AbilitiesTest, WithoutBirthInACgroupWorkersAreMoved) {
  FakeHost host;
  host.BeIn("1:cpu:/\n", kV1);
  host.root.Write("/sys/fs/cgroup/cpu/cgroup.procs", "");
  host.attempts[Attempt::kBirth] = absl::UnimplementedError("no v2");
  EXPECT_EQ(host.Text("born in a cgroup"), "no: no v2; workers are moved");
}

TEST(AbilitiesTest, PressureThatIsOffTellsHowToSwitchItOn) {
  FakeHost host;
  EXPECT_THAT(host.Text("pressure (PSI)"),
              AllOf(StartsWith("no: no "), HasSubstr("CONFIG_PSI, or off"),
                    EndsWith("psi=1")));
  host.context.kernel_config = {{"CONFIG_PSI", "y"}};
  EXPECT_EQ(host.Text("pressure (PSI)"),
            "no: built in and off: boot with psi=1");
  host.context.kernel_config = {{"CONFIG_PSI", "n"}};
  EXPECT_EQ(host.Text("pressure (PSI)"), "no: no CONFIG_PSI");
  host.root.Write("/proc/pressure/cpu", "some avg10=0.00\n");
  EXPECT_THAT(host.Text("pressure (PSI)"), StartsWith("yes: "));
}

TEST(AbilitiesTest, LoadingASchedulerTakesKernelAndCapabilities) {
  FakeHost host;
  EXPECT_THAT(host.Text("load a scheduler"),
              AllOf(StartsWith("no: "), HasSubstr("CONFIG_SCHED_CLASS_EXT")));
  host.context.sched_ext = "disabled (seq 0)";
  EXPECT_EQ(host.Text("load a scheduler"),
            "no: needs CAP_SYS_ADMIN, or CAP_BPF and CAP_PERFMON");
  // CAP_PERFMON and CAP_BPF, which are 38 and 39.
  host.root.Write("/proc/self/status", "CapEff:\t000000c000000000\n");
  EXPECT_THAT(host.Text("load a scheduler"),
              HasSubstr("CONFIG_DEBUG_INFO_BTF"));
  host.root.Write("/sys/kernel/btf/vmlinux", "");
  EXPECT_EQ(host.Text("load a scheduler"),
            "yes: sched_ext is disabled (seq 0)");
  host.context.sched_ext = "enabled simple (seq 1)";
  EXPECT_THAT(host.Text("load a scheduler"),
              AllOf(StartsWith("no: one is loaded"), EndsWith("(seq 1)")));
}

TEST(AbilitiesTest, CapabilitiesOfAUserNamespaceLoadNoScheduler) {
  FakeHost host;
  host.context.sched_ext = "disabled (seq 0)";
  host.root.Write("/sys/kernel/btf/vmlinux", "");
  host.root.Write("/proc/self/status", "CapEff:\tffffffffffffffff\n");
  host.root.Write("/proc/self/uid_map", "0 1000 1\n");
  EXPECT_THAT(host.Text("load a scheduler"),
              AllOf(StartsWith("no: "), EndsWith("initial user namespace")));
}

TEST(AbilitiesTest, ASeccompFilterIsNamed) {
  const FakeHost host;
  host.root.Write("/proc/self/status", "Seccomp:\t0\n");
  EXPECT_EQ(host.Text("any system call"), "yes: no seccomp filter");
  host.root.Write("/proc/self/status", "Seccomp:\t2\n");
  EXPECT_THAT(host.Text("any system call"),
              AllOf(StartsWith("no: Seccomp: 2"), HasSubstr("unconfined")));
}

TEST(AbilitiesTest, AKernelLogThatIsNotThereIsNamed) {
  const FakeHost host;
  EXPECT_THAT(host.Text("kernel log"),
              AllOf(StartsWith("no: "), HasSubstr("/dev/kmsg"),
                    EndsWith("give it to the container")));
}

TEST(AbilitiesTest, PerfEventsFollowTheSysctl) {
  const FakeHost host;
  EXPECT_EQ(host.Text("perf events"), "no: no CONFIG_PERF_EVENTS");
  host.root.Write("/proc/sys/kernel/perf_event_paranoid", "3\n");
  EXPECT_EQ(host.Text("perf events"),
            "no: nothing (kernel.perf_event_paranoid=3), no hardware counters");
  host.root.Write("/proc/self/status", "CapEff:\t0000004000000000\n");
  host.root.Write("/sys/bus/event_source/devices/cpu/type", "4\n");
  EXPECT_EQ(host.Text("perf events"),
            "yes: whole CPUs (kernel.perf_event_paranoid=3), with hardware "
            "counters");
}

TEST(AbilitiesTest, HotplugIsOnlyLookedAt) {
  FakeHost host;
  host.HaveEightCpus();
  EXPECT_THAT(host.Text("CPU hotplug"),
              AllOf(StartsWith("no: "), HasSubstr("CONFIG_HOTPLUG_CPU")));
  host.root.Write("/sys/devices/system/cpu/cpu1/online", "1\n");
  EXPECT_THAT(host.Text("CPU hotplug"), StartsWith("yes: /sys/devices"));
}

TEST(AbilitiesTest, AnEmptyHostHasAllRows) {
  const FakeHost host;
  EXPECT_EQ(host.Text("affinity"), "yes: unknown CPUs");
  EXPECT_THAT(host.Text("cgroup cpu"), HasSubstr("/proc/self/cgroup"));
}

TEST(AbilitiesTest, ThisHostHasEachRowOnceWithAText) {
  const HostContext host = ReadHostAndAbilities();
  EXPECT_THAT(host.kernel_release, Not(IsEmpty()));
  std::set<std::string> names;
  for (const Ability& ability : host.abilities) {
    EXPECT_TRUE(names.insert(ability.name).second) << ability.name;
    EXPECT_THAT(ability.text, Not(IsEmpty())) << ability.name;
  }
  EXPECT_EQ(names.size(), 26u);
}

}  // namespace
}  // namespace ktstr
