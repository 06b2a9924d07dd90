// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/console.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/core/host/kernel_faults.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// As a guest's serial line has it, after a sysrq.
constexpr char kCrash[] =
    "[    2.000000] ktstr: 3 workers\r\n"
    "[    2.100000] sysrq: Trigger a crash\r\n"
    "[    2.100100] BUG: kernel NULL pointer dereference, address: 0\r\n"
    "[    2.100200] CPU: 3 PID: 81 Comm: sh Not tainted 6.12.0\r\n"
    "[    2.100300] Kernel panic - not syncing: sysrq triggered crash\r\n"
    "[    2.100400] Kernel Offset: disabled\r\n"
    "[    2.100500] ---[ end Kernel panic - not syncing: sysrq triggered crash "
    "]---\r\n";

void ExpectCrash(const Console& console) {
  EXPECT_EQ(console.panic(), "sysrq triggered crash");
  EXPECT_THAT(console.faults(),
              ElementsAre("[    2.100100] BUG: kernel NULL pointer "
                          "dereference, address: 0"));
  EXPECT_THAT(console.tail(), SizeIs(7));
  EXPECT_EQ(console.tail().front(), "[    2.000000] ktstr: 3 workers");
  EXPECT_THAT(console.last_line(), StartsWith("[    2.100500] ---[ end"));
}

TEST(ConsoleTest, TellsWhyTheKernelPanicked) {
  Console console;
  console.Append(kCrash);
  ExpectCrash(console);
}

TEST(ConsoleTest, DoesNotCareWhereTheStreamIsCut) {
  const absl::string_view crash = kCrash;
  for (size_t at = 0; at <= crash.size(); ++at) {
    Console console;
    console.Append(crash.substr(0, at));
    console.Append(crash.substr(at));
    console.Finish();
    ExpectCrash(console);
  }
}

TEST(ConsoleTest, TakesOneByteAtATime) {
  Console console;
  for (const char byte : absl::string_view(kCrash)) {
    console.Append(absl::string_view(&byte, 1));
  }
  ExpectCrash(console);
}

TEST(ConsoleTest, HasNothingToTellOfAQuietMachine) {
  Console console;
  console.Append("[    0.000000] Linux version 6.12.0\n[    1.0] fine\n");
  console.Finish();
  EXPECT_EQ(console.panic(), "");
  EXPECT_THAT(console.faults(), IsEmpty());
}

TEST(ConsoleTest, FirstPanicCounts) {
  Console console;
  console.Append(
      "[    1.234567] Kernel panic - not syncing: Attempted to kill init!\n"
      "[    1.234568] Kernel panic - not syncing: softlockup: hung tasks\n");
  EXPECT_EQ(console.panic(), "Attempted to kill init!");
}

// A panic may be the last that a machine gets out.
TEST(ConsoleTest, UnfinishedLineCountsInTheEnd) {
  Console console;
  console.Append("[    1.0] Kernel panic - not syncing: Fatal");
  EXPECT_EQ(console.panic(), "");
  EXPECT_THAT(console.tail(), IsEmpty());
  console.Finish();
  EXPECT_EQ(console.panic(), "Fatal");
  EXPECT_THAT(console.tail(), SizeIs(1));
  console.Finish();
  EXPECT_THAT(console.tail(), SizeIs(1));
}

TEST(ConsoleTest, FindsFaultsOfEveryKind) {
  Console console;
  const std::string faults[] = {
      "[   12.5] rcu: INFO: rcu_sched detected stalls on CPUs/tasks:",
      "[   13.0] INFO: task ktstr:81 blocked for more than 120 seconds.",
      "[   13.1] watchdog: BUG: soft lockup - CPU#3 stuck for 26s! [ktstr:81]",
      "[   13.2] Oops: general protection fault [#1] PREEMPT SMP",
      "[   13.3] WARNING: CPU: 0 PID: 9 at kernel/sched/core.c:1 x+0x1/0x2",
      "[   13.4] sched_ext: BPF scheduler \"x\" disabled (task stall)",
  };
  for (const std::string& fault : faults) {
    console.Append(absl::StrCat("[   12.0] all is well\n", fault, "\n"));
  }
  EXPECT_THAT(console.faults(), testing::ElementsAreArray(faults));
}

TEST(ConsoleTest, StaysBoundedWhateverComes) {
  Console console;
  const std::string fault =
      absl::StrCat("WARNING: CPU: 0 ", std::string(5000, 'x'), "\n");
  for (int i = 0; i < 200; ++i) console.Append(absl::StrCat(fault, fault));
  console.Append(std::string(1 << 20, 'y'));
  console.Finish();
  EXPECT_THAT(console.faults(), SizeIs(kMaxFindings));
  EXPECT_THAT(console.tail(), SizeIs(200));
  constexpr size_t kLineAndCount = 1100;
  EXPECT_THAT(console.faults(), Each(SizeIs(testing::Lt(kLineAndCount))));
  EXPECT_THAT(console.tail(), Each(SizeIs(testing::Lt(kLineAndCount))));
  EXPECT_THAT(console.last_line(), SizeIs(testing::Lt(kLineAndCount)));
}

TEST(ConsoleTest, LastLineIsNoBlankOne) {
  Console console;
  console.Append("[    1.0] booting\r\n\r\n  \t \n");
  EXPECT_EQ(console.last_line(), "[    1.0] booting");
}

TEST(ConsoleTest, SurvivesGarbage) {
  Console console;
  std::string garbage;
  for (int i = 0; i < 4096; ++i) garbage += static_cast<char>(i * 7 % 256);
  for (int i = 0; i < 10; ++i) console.Append(garbage);
  console.Append(
      "\x1B[2J\x1B[31m[    1.0] Kernel panic - not syncing: \x1B[0mx");
  console.Append(garbage);
  console.Append("\n[    2.0] Kernel panic - not syncing: VFS\n");
  console.Finish();
  EXPECT_THAT(console.panic(), Not(HasSubstr("\x1B")));
  for (const std::string& line : console.tail()) {
    EXPECT_THAT(line, AllOf(Not(HasSubstr("\x1B")), Not(HasSubstr("\n"))));
  }
  EXPECT_EQ(console.tail().back(), "[    2.0] Kernel panic - not syncing: VFS");
}

}  // namespace
}  // namespace ktstr
