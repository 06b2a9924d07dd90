// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/base/proc/task_counters.h"

#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <cstdint>
#include <new>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/child.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/mapping.h"
#include "ktstr/base/spin.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"

namespace ktstr {
namespace {

constexpr int kBlocks = 50;

// Reads a byte `kBlocks` times and puts down what that cost.
int BlockOften(int fd, TaskCounters* delta) {
  const TaskCounters before = ReadOwnCounters();
  for (int i = 0; i < kBlocks; ++i) {
    char byte;
    if (read(fd, &byte, 1) != 1) return 1;
  }
  *delta = ReadOwnCounters() - before;
  return 0;
}

// A child that blocked in a pipe `kBlocks` times and has ended, unreaped.
class BlockedOften : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<Mapping> mapping = Mapping::CreateShared(1);
    absl::StatusOr<Pipe> pipe = MakePipe();
    ASSERT_THAT(mapping, IsOk());
    ASSERT_THAT(pipe, IsOk());
    mapping_ = *std::move(mapping);
    delta_ = new (mapping_.data()) TaskCounters;
    child_ =
        Child::Spawn([&] { return BlockOften(pipe->read_end.get(), delta_); });
    ASSERT_THAT(child_, IsOk());
    for (int i = 0; i < kBlocks; ++i) {
      while (ReadTaskState(child_->pid(), child_->pid()) != 'S') sched_yield();
      ASSERT_THAT(WriteAll(pipe->write_end.get(), "x"), IsOk());
    }
    struct pollfd end = {.fd = child_->pidfd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(poll(&end, 1, /*timeout=*/-1), 1);
  }

  Mapping mapping_;
  TaskCounters* delta_ = nullptr;
  absl::StatusOr<Child> child_;
};

// One in ten for a writer who sees the child fall asleep and is quicker.
constexpr int64_t kAtLeast = kBlocks - kBlocks / 10;

TEST_F(BlockedOften, CountsItsVoluntarySwitches) {
  ASSERT_TRUE(delta_->usage_known);
  EXPECT_GE(delta_->voluntary_switches, kAtLeast);
}

TEST_F(BlockedOften, IsSeenFromOutsideAlsoAsAZombie) {
  const pid_t pid = child_->pid();
  EXPECT_EQ(ReadTaskState(pid, pid), 'Z');
  const TaskCounters total = ReadCountersOf(pid, pid);
  ASSERT_TRUE(total.usage_known);
  EXPECT_GE(total.voluntary_switches, delta_->voluntary_switches);
  EXPECT_GE(total.minor_faults, delta_->minor_faults);
  ASSERT_EQ(total.schedstat_known, delta_->schedstat_known);
  EXPECT_GE(total.on_cpu_ns, delta_->on_cpu_ns);
  EXPECT_GE(total.timeslices, delta_->timeslices);
}

TEST_F(BlockedOften, CountsTimeslices) {
  if (!delta_->schedstat_known) GTEST_SKIP() << "no /proc/PID/schedstat here";
  EXPECT_GE(delta_->timeslices, kAtLeast);
  EXPECT_GT(delta_->on_cpu_ns, 0);
}

TEST(TaskCountersTest, CountsMigrations) {
  const absl::StatusOr<CpuSet> all = GetAffinity();
  ASSERT_THAT(all, IsOk());
  if (all->Count() < 2) GTEST_SKIP() << "needs two CPUs";
  const TaskCounters before = ReadOwnCounters();
  if (!before.migrations_known) GTEST_SKIP() << "no /proc/PID/sched here";
  constexpr int kRounds = 10;
  for (int i = 0; i < kRounds; ++i) {
    ASSERT_THAT(SetAffinity(0, {all->First()}), IsOk());
    ASSERT_THAT(SetAffinity(0, {all->Max()}), IsOk());
  }
  const TaskCounters delta = ReadOwnCounters() - before;
  EXPECT_THAT(SetAffinity(0, *all), IsOk());
  EXPECT_GE(delta.migrations, 2 * kRounds - 1);
}

TEST(TaskCountersTest, CountsOnCpuTime) {
  const TaskCounters before = ReadOwnCounters();
  if (!before.schedstat_known) GTEST_SKIP() << "no /proc/PID/schedstat here";
  constexpr int64_t kNanos = 20'000'000;
  TaskCounters delta;
  while (delta.on_cpu_ns < kNanos) {
    Spin(100'000);
    delta = ReadOwnCounters() - before;
  }
  // Both kinds of accounting see it, the other in ticks of 1 to 10 ms.
  EXPECT_GE(delta.user_ns + delta.system_ns, kNanos / 4);
}

TEST(TaskCountersTest, UnreadableProcIsUnknown) {
  const TaskCounters counters = ReadCountersOf(1, 1, "/nowhere");
  EXPECT_FALSE(counters.usage_known);
  EXPECT_FALSE(counters.schedstat_known);
  EXPECT_FALSE(counters.migrations_known);
  EXPECT_EQ(ReadTaskState(1, 1, "/nowhere"), '?');
}

// pid 7 with thread 9, of which each part is there or not.
class FakeProc : public testing::Test {
 protected:
  void Write(const char* file, const char* content) {
    dir_.Write(std::string("7/task/9/") + file, content);
  }
  TaskCounters Read() const { return ReadCountersOf(7, 9, dir_.path()); }
  char State() const { return ReadTaskState(7, 9, dir_.path()); }

  static constexpr char kStat[] =
      "9 (a) R (b) S 1 2 3 4 5 6 10 11 12 13 300 400 0 0 20 0 1\n";
  static constexpr char kStatus[] =
      "Name:\ta\nnonvoluntary_ctxt_switches:\t22\n"
      "voluntary_ctxt_switches:\t21\n";

 private:
  TempDir dir_;
};

TEST_F(FakeProc, NameWithBracketsDoesNotMislead) {
  Write("stat", kStat);
  Write("status", kStatus);
  const TaskCounters counters = Read();
  const int64_t tick_ns = 1'000'000'000 / sysconf(_SC_CLK_TCK);
  ASSERT_TRUE(counters.usage_known);
  EXPECT_EQ(counters.minor_faults, 10);
  EXPECT_EQ(counters.major_faults, 12);
  EXPECT_EQ(counters.user_ns, 300 * tick_ns);
  EXPECT_EQ(counters.system_ns, 400 * tick_ns);
  EXPECT_EQ(counters.voluntary_switches, 21);
  EXPECT_EQ(counters.involuntary_switches, 22);
  EXPECT_EQ(State(), 'S');
}

TEST_F(FakeProc, ReadsSchedstatAndSched) {
  Write("schedstat", "100 200 3\n");
  Write("sched",
        "a (7, #threads: 1)\n---\nse.exec_start   :   1.5\n"
        "se.nr_migrations                             :   17\n");
  const TaskCounters counters = Read();
  EXPECT_FALSE(counters.usage_known);
  ASSERT_TRUE(counters.schedstat_known);
  EXPECT_EQ(counters.on_cpu_ns, 100);
  EXPECT_EQ(counters.run_delay_ns, 200);
  EXPECT_EQ(counters.timeslices, 3);
  ASSERT_TRUE(counters.migrations_known);
  EXPECT_EQ(counters.migrations, 17);
}

TEST_F(FakeProc, MalformedFilesAreUnknown) {
  Write("stat", "9 (a) S 1 2 3 4 5 6 10 11 12\n");
  Write("status", kStatus);
  Write("schedstat", "100 200\n");
  Write("sched", "a (7, #threads: 1)\nnr_switches : 3\n");
  TaskCounters counters = Read();
  EXPECT_FALSE(counters.usage_known);
  EXPECT_EQ(counters.voluntary_switches, 0);
  EXPECT_FALSE(counters.schedstat_known);
  EXPECT_FALSE(counters.migrations_known);
  Write("stat", kStat);
  Write("status", "voluntary_ctxt_switches:\t21\n");
  EXPECT_FALSE(Read().usage_known);
  Write("stat", "9 a S 1\n");
  EXPECT_EQ(State(), '?');
}

TEST(TaskCountersTest, DifferenceIsKnownOnlyWhereBothAre) {
  TaskCounters later;
  later.usage_known = later.schedstat_known = later.migrations_known = true;
  later.minor_faults = later.run_delay_ns = later.migrations = 5;
  TaskCounters earlier = later;
  earlier.run_delay_ns = 2;
  earlier.migrations_known = false;
  const TaskCounters delta = later - earlier;
  EXPECT_TRUE(delta.usage_known);
  EXPECT_EQ(delta.minor_faults, 0);
  EXPECT_TRUE(delta.schedstat_known);
  EXPECT_EQ(delta.run_delay_ns, 3);
  EXPECT_FALSE(delta.migrations_known);
  EXPECT_EQ(delta.migrations, 0);
}

}  // namespace
}  // namespace ktstr
