// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/host/host_watch.h"

#include <cstdint>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/core/host/fake_root.h"
#include "ktstr/core/run_result.h"

namespace ktstr {
namespace {

using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kTick = 10'000'000;

// user nice system idle iowait irq softirq steal guest guest_nice
constexpr char kBefore[] =
    "cpu  0 0 0 0 0 0 0 0 0 0\n"
    "cpu0 100 200 300 4000 500 60 70 80 0 0\n"
    "cpu1 1000 2000 3000 40000 5000 600 700 800 0 0\n"
    "cpu2 5 5 5 5 5 5 5 5 0 0\n";
// cpu0: 1+2+4+16+32 busy, 64 stolen; cpu1: 3 busy, 5 stolen; cpu2: not ours.
constexpr char kAfter[] =
    "cpu  0 0 0 0 0 0 0 0 0 0\n"
    "cpu0 101 202 304 9999 9999 76 102 144 0 0\n"
    "cpu1 1003 2000 3000 49999 9999 600 700 805 0 0\n"
    "cpu2 999 999 999 999 999 999 999 999 0 0\n";

TEST(HostWatchTest, CountsForeignTimeAndStealOnTheAllowedCpusOnly) {
  const FakeRoot root;
  root.Write("/proc/stat", kBefore);
  HostWatch watch = HostWatch::Start(CpuSet({0, 1}), root.path());
  root.Write("/proc/stat", kAfter);
  const HostDisturbance host = watch.Finish(/*own_cpu_ns=*/50 * kTick);
  EXPECT_EQ(host.foreign_cpu_ns, (55 + 3 - 50) * kTick);
  EXPECT_EQ(host.steal_ns, (64 + 5) * kTick);
  EXPECT_THAT(host.capacity_ns, Gt(0));
}

TEST(HostWatchTest, HasNoForeignTimeWhereTheOwnExplainsAll) {
  const FakeRoot root;
  root.Write("/proc/stat", kBefore);
  HostWatch watch = HostWatch::Start(CpuSet({0, 1}), root.path());
  root.Write("/proc/stat", kAfter);
  EXPECT_EQ(watch.Finish(/*own_cpu_ns=*/1000 * kTick).foreign_cpu_ns, 0);
}

TEST(HostWatchTest, LeavesOutACpuThatWentOffline) {
  const FakeRoot root;
  root.Write("/proc/stat", kBefore);
  HostWatch watch = HostWatch::Start(CpuSet({0, 1}), root.path());
  root.Write("/proc/stat", "cpu0 107 200 300 4000 500 60 70 80 0 0\n");
  EXPECT_EQ(watch.Finish(/*own_cpu_ns=*/0).foreign_cpu_ns, 7 * kTick);
}

TEST(HostWatchTest, SaysUnknownWithoutProc) {
  const FakeRoot root;
  const HostDisturbance host =
      HostWatch::Start(CpuSet({0}), root.path()).Finish(/*own_cpu_ns=*/1);
  EXPECT_EQ(host.foreign_cpu_ns, -1);
  EXPECT_EQ(host.steal_ns, -1);
  EXPECT_EQ(host.capacity_ns, -1);
}

TEST(HostWatchTest, SaysWhyTheLogWasNotRead) {
  const FakeRoot root;
  HostWatch watch = HostWatch::Start(CpuSet({0}), root.path());
  EXPECT_EQ(watch.log_fd(), -1);
  const HostDisturbance host = watch.Finish(/*own_cpu_ns=*/0);
  EXPECT_THAT(host.kernel_log_unread, HasSubstr("/dev/kmsg"));
  EXPECT_THAT(host.kernel_log_unread, HasSubstr("No such file"));
}

TEST(HostWatchTest, QuotesFaultsThatCameDuringTheRunOnly) {
  const FakeRoot root;
  root.Write("/dev/kmsg", "4,1,1,-;BUG: an old one\n");
  HostWatch watch = HostWatch::Start(CpuSet({0}), root.path());
  EXPECT_THAT(watch.log_fd(), Gt(-1));
  // A file gives all that was added as one record, so one is added at a time.
  root.Append("/dev/kmsg", "4,2,2,-;BUG: a new one\n");
  watch.ReadLog();
  root.Append("/dev/kmsg", "4,3,3,-;sched: RT throttling activated\n");
  const HostDisturbance host = watch.Finish(/*own_cpu_ns=*/0);
  EXPECT_THAT(host.kernel_faults, ElementsAre("BUG: a new one"));
  EXPECT_THAT(host.kernel_notes, ElementsAre("sched: RT throttling activated"));
  EXPECT_EQ(host.kernel_log_unread, "");
}

TEST(HostWatchTest, TakesAnEjectedSchedulerForAFault) {
  const FakeRoot root;
  root.Write("/sys/kernel/sched_ext/state", "enabled\n");
  root.Write("/sys/kernel/sched_ext/root/ops", "simple\n");
  root.Write("/sys/kernel/sched_ext/enable_seq", "3\n");
  HostWatch watch = HostWatch::Start(CpuSet({0}), root.path());
  root.Write("/sys/kernel/sched_ext/state", "disabled\n");
  root.Remove("/sys/kernel/sched_ext/root");
  const HostDisturbance host = watch.Finish(/*own_cpu_ns=*/0);
  EXPECT_EQ(host.sched_ext_before, "enabled simple (seq 3)");
  EXPECT_EQ(host.sched_ext_after, "disabled (seq 3)");
  EXPECT_THAT(host.kernel_faults,
              ElementsAre("sched_ext changed during the run: "
                          "enabled simple (seq 3) -> disabled (seq 3)"));
}

TEST(HostWatchTest, FindsNoFaultWhereNothingHappens) {
  const FakeRoot root;
  root.Write("/sys/kernel/sched_ext/state", "disabled\n");
  const HostDisturbance host =
      HostWatch::Start(CpuSet({0}), root.path()).Finish(/*own_cpu_ns=*/0);
  EXPECT_EQ(host.sched_ext_after, "disabled");
  EXPECT_THAT(host.kernel_faults, IsEmpty());
}

TEST(HostWatchTest, WatchesTheRealHost) {
  HostWatch watch = HostWatch::Start(CpuSet({0}));
  const HostDisturbance host = watch.Finish(/*own_cpu_ns=*/0);
  EXPECT_EQ(host.kernel_log_unread.empty(), watch.log_fd() >= 0);
}

}  // namespace
}  // namespace ktstr
