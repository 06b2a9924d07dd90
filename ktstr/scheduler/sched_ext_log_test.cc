// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/scheduler/sched_ext_log.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(SchedExtLogTest, TellsReasonAndDump) {
  SchedExtLog log;
  log.Take({"usb 1-1: new device",
            "sched_ext: \"simple\" does not implement cgroup cpu.weight",
            "sched_ext: BPF scheduler \"simple\" enabled",
            "sched_ext: BPF scheduler \"simple\" disabled (runnable task "
            "stall)"});
  log.Take({"sched_ext: simple: kworker/0:1[12] failed to run for 5.013s",
            "   scx_watchdog_workfn+0x154/0x1d0", "   kthread+0xd2/0x100",
            "audit: something else", "   of something else"});
  EXPECT_EQ(log.reason(),
            "runnable task stall (kworker/0:1[12] failed to run for 5.013s)");
  EXPECT_THAT(
      log.lines(),
      ElementsAre(
          "sched_ext: BPF scheduler \"simple\" disabled (runnable task stall)",
          "sched_ext: simple: kworker/0:1[12] failed to run for 5.013s",
          "   scx_watchdog_workfn+0x154/0x1d0", "   kthread+0xd2/0x100",
          "sched_ext: \"simple\" does not implement cgroup cpu.weight",
          "sched_ext: BPF scheduler \"simple\" enabled"));
}

TEST(SchedExtLogTest, HasNothingOfAnOrderlyLog) {
  SchedExtLog log;
  log.Take({"usb 1-1: new device", "   with a second line"});
  EXPECT_EQ(log.reason(), "");
  EXPECT_THAT(log.lines(), IsEmpty());
}

TEST(SchedExtLogTest, TakesTheFirstReason) {
  SchedExtLog log;
  log.Take({"sched_ext: BPF scheduler \"a\" disabled (scx_bpf_error)",
            "sched_ext: BPF scheduler \"b\" disabled (runtime error)"});
  EXPECT_EQ(log.reason(), "scx_bpf_error");
}

TEST(SchedExtLogTest, SurvivesLinesThatLookAlike) {
  SchedExtLog log;
  log.Take({"\" disabled (", "sched_ext: BPF scheduler \"",
            "sched_ext: ", "x sched_ext: BPF scheduler \"a\" disabled (b)"});
  EXPECT_EQ(log.reason(), "");
  EXPECT_THAT(log.lines(), SizeIs(3));
  log.Take({"sched_ext: BPF scheduler \"a\" disabled (cut off"});
  EXPECT_EQ(log.reason(), "cut off");
}

TEST(SchedExtLogTest, CountsWhatItHasNoRoomFor) {
  SchedExtLog log;
  log.Take({"sched_ext: BPF scheduler \"a\" disabled (b)"});
  log.Take(std::vector<std::string>(SchedExtLog::kMaxLines + 4, "  stack"));
  EXPECT_THAT(log.lines(), SizeIs(SchedExtLog::kMaxLines + 1));
  EXPECT_EQ(log.lines().back(), "and 5 more such lines");
}

}  // namespace
}  // namespace ktstr
