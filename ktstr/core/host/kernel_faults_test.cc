// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/kernel_faults.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class KernelFaultTest : public testing::TestWithParam<const char*> {};

TEST_P(KernelFaultTest, FailsTheRun) {
  const LogFindings findings = JudgeKernelLog({GetParam()});
  EXPECT_THAT(findings.faults, ElementsAre(GetParam()));
  EXPECT_THAT(findings.notes, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Lines, KernelFaultTest,
    testing::Values(
        "WARNING: CPU: 0 PID: 812 at kernel/sched/core.c:123 resched+0x1/0x2",
        "WARNING: kernel/sched/fair.c:42 at pick+0x1/0x2, CPU#1: a/1",
        "WARNING: possible circular locking dependency detected",
        "BUG: scheduling while atomic: ktstr/812/0x00000002",
        "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck",
        "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [ktstr:812]",
        "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1",
        "kernel BUG at mm/slub.c:4000!", "Oops: 0002 [#1] PREEMPT SMP NOPTI",
        "Internal error: synchronous external abort: 96 [#1] SMP",
        "rcu: INFO: rcu_preempt self-detected stall on CPU",
        "rcu: INFO: rcu_sched detected stalls on CPUs/tasks:",
        "rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { }",
        "rcu: rcu_preempt kthread starved for 5250 jiffies! g1 f0x0",
        "INFO: task ktstr:812 blocked for more than 120 seconds.",
        "sched_ext: BPF scheduler \"simple\" disabled (runtime error)",
        "sched_ext: BPF scheduler \"simple\" disabled (unregistered from user "
        "space)",
        "sched_ext: simple: ktstr[812] failed to run for 30.001s"));

class HarmlessKernelLineTest : public testing::TestWithParam<const char*> {};

TEST_P(HarmlessKernelLineTest, IsNoFinding) {
  const LogFindings findings = JudgeKernelLog({GetParam()});
  EXPECT_THAT(findings.faults, IsEmpty());
  EXPECT_THAT(findings.notes, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Lines, HarmlessKernelLineTest,
    testing::Values("sched_ext: BPF scheduler \"simple\" enabled",
                    "traps: a.out[9] general protection fault ip:1 sp:2 in a",
                    "DEBUG: nothing", "EXT4-fs (vda): mounted filesystem", "",
                    "rcu: Hierarchical RCU implementation.",
                    "eth0: Link is Up - 1Gbps\xFF"));

TEST(JudgeKernelLogTest, NotesWhatExplainsNumbers) {
  const std::vector<std::string> lines = {
      "sched: RT throttling activated",
      "usb 1-1: new device",
      "clocksource: Marking TSC unstable due to clocksource watchdog",
      "BUG: bad",
  };
  const LogFindings findings = JudgeKernelLog(lines);
  EXPECT_THAT(findings.notes, ElementsAre(lines[0], lines[2]));
  EXPECT_THAT(findings.faults, ElementsAre(lines[3]));
}

TEST(JudgeKernelLogTest, CountsWhatIsTooMuchToQuote) {
  const std::vector<std::string> storm(kMaxFindings + 37, "BUG: again");
  const LogFindings findings = JudgeKernelLog(storm);
  ASSERT_THAT(findings.faults, SizeIs(kMaxFindings + 1));
  EXPECT_EQ(findings.faults.back(), "and 37 more such lines");
}

TEST(JudgeKernelLogTest, FindsNothingInNothing) {
  EXPECT_THAT(JudgeKernelLog({}).faults, IsEmpty());
}

}  // namespace
}  // namespace ktstr
