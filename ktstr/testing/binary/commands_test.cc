// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// The commands that only print, and --dry_run: what they say, and that they
// start nothing.

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"

namespace ktstr {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::MatchesRegex;
using testing::Not;

// Runs a command that must start nothing, and returns what it printed.
std::string Print(std::vector<std::string> args) {
  BinaryCall call;
  call.args = std::move(args);
  call.before_exec = ForbidProcesses;
  const Outcome outcome = RunBinary(call);
  EXPECT_EQ(outcome.exit_code, 0) << "signal " << outcome.signal;
  EXPECT_EQ(outcome.err, "");
  for (absl::string_view line : absl::StrSplit(outcome.out, '\n')) {
    EXPECT_LE(line.size(), 100u) << line;
  }
  return outcome.out;
}

// The first word of each line that does not go on with the one before.
std::vector<std::string> FirstWords(absl::string_view text) {
  std::vector<std::string> words;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (line[0] != ' ') words.emplace_back(line.substr(0, line.find(' ')));
  }
  return words;
}

TEST(CommandsTest, ListHasALineForEach) {
  EXPECT_THAT(FirstWords(Print({"list"})),
              IsSupersetOf({"futex_ping_pong", "mutex_contention", "spin_wait",
                            "wake_chain", "yield_heavy"}));
}

TEST(CommandsTest, LongListTellsAll) {
  EXPECT_THAT(Print({"list", "--long"}),
              AllOf(HasSubstr("wake_chain"), HasSubstr("work_per_hop"),
                    HasSubstr("try_to_wake_up"), HasSubstr("spin_iters")));
}

TEST(CommandsTest, DescribeTellsAllOfOne) {
  EXPECT_THAT(Print({"describe", "wake_chain"}),
              AllOf(HasSubstr("depth"), HasSubstr("2 .. 4096"),
                    HasSubstr("futex_handoff"), HasSubstr("100us"),
                    Not(HasSubstr("spin_iters"))));
}

TEST(CommandsTest, DescribesEverythingThatItLists) {
  for (const std::string& name : FirstWords(Print({"list"}))) {
    EXPECT_THAT(Print({"describe", name}), HasSubstr(name));
  }
}

TEST(CommandsTest, TopologyTellsTheCpus) {
  EXPECT_THAT(Print({"topology"}), AllOf(ContainsRegex("[0-9]+ CPUs?"),
                                         HasSubstr("a run may use: ")));
}

TEST(CommandsTest, VersionIsOneLine) {
  for (const char* word : {"version", "--version"}) {
    EXPECT_THAT(Print({word}), MatchesRegex("ktstr [0-9]+\\.[0-9.]+\n"));
  }
}

TEST(CommandsTest, HelpNamesFlagsCommandsAndExitCodes) {
  const std::string help = Print({"help"});
  EXPECT_THAT(help, AllOf(HasSubstr("--stressor"), HasSubstr("--duration"),
                          HasSubstr("describe NAME"), HasSubstr("64 "),
                          HasSubstr("128+N")));
  EXPECT_EQ(Print({"--help"}), help);
  EXPECT_EQ(Print({}), help);
}

TEST(DryRunTest, TellsWhoWouldRunWhereAndStartsNothing) {
  EXPECT_THAT(Print({"--stressor=wake_chain,spin_wait", "--dry_run",
                     "wake_chain.depth=2", "--workers=4", "--cpus=0"}),
              AllOf(HasSubstr("step 1 of 2"), HasSubstr("step 2 of 2"),
                    HasSubstr("4 workers in 2 groups of 2"),
                    ContainsRegex("worker 3 +group 1 +stage +CPUs 0\n")));
}

TEST(DryRunTest, TellsWhatRunsTogether) {
  EXPECT_THAT(
      Print({"--stressor=a=spin_wait,b=wake_chain", "--together", "--dry_run"}),
      AllOf(HasSubstr("step 1 of 1"), HasSubstr("a (spin_wait)"),
            HasSubstr("b (wake_chain)")));
}

// What it would refuse to run, it refuses to plan.
TEST(DryRunTest, RefusesWhatTheRunWould) {
  EXPECT_EQ(
      RunBinary({"--stressor=wake_chain", "--dry_run", "depth=1"}).exit_code,
      64);
}

}  // namespace
}  // namespace ktstr
