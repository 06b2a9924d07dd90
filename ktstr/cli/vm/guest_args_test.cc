// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/guest_args.h"

#include <string>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/command_line.h"
#include "ktstr/cli/flags.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> ArgsFor(const std::vector<const char*>& args) {
  const absl::FlagSaver saver;
  const absl::StatusOr<CommandLine> line = ParseCommandLine(args);
  EXPECT_THAT(line, IsOk());
  return line.ok() ? GuestArgs(*line) : std::vector<std::string>();
}

TEST(GuestArgsTest, LeavesWhatIsForTheHost) {
  EXPECT_THAT(
      ArgsFor({"--vm=2c", "--kernel=/boot/vmlinuz", "--scheduler=scx_simple -f",
               "--vm_memory=1G", "--vm_distances=20", "--vm_accel=tcg",
               "--vm_append=nosmt", "--vm_arg=-s", "--vm_include=/etc/passwd",
               "--vm_timeout=1m", "--vm_jobs=2", "--vm_console=c.log",
               "--vm_keep=kept", "--format=tap", "--output=r.pb", "--quiet",
               "--color=never", "--nodry_run", "--nolong"}),
      ElementsAre("--"));
}

TEST(GuestArgsTest, LeavesItInAnyForm) {
  EXPECT_THAT(ArgsFor({"--vm", "2c", "--stressor", "spin", "-vm-jobs", "2",
                       "--noquiet", "--vm=4c"}),
              ElementsAre("--stressor=spin", "--"));
}

TEST(GuestArgsTest, KeepsTheOrder) {
  EXPECT_THAT(ArgsFor({"a.depth=2", "--workers=2", "--vm=2c", "b.depth=3",
                       "--duration=1s", "--workers=4"}),
              ElementsAre("--workers=2", "--duration=1s", "--workers=4", "--",
                          "a.depth=2", "b.depth=3"));
}

TEST(GuestArgsTest, GivesBooleansTheirValues) {
  EXPECT_THAT(ArgsFor({"--fail_fast", "--nosequential", "--together=true"}),
              ElementsAre("--fail_fast=true", "--sequential=false",
                          "--together=true", "--"));
}

TEST(GuestArgsTest, KeepsWordsThatLookLikeFlags) {
  EXPECT_THAT(ArgsFor({"--stressor=spin", "--", "--vm=2c", "x=1", "--"}),
              ElementsAre("--stressor=spin", "--", "--vm=2c", "x=1", "--"));
}

TEST(GuestArgsTest, KeepsEachTextOfAList) {
  const std::vector<std::string> args = ArgsFor(
      {"--check=gap.max<2s", "--check", "spread<5%;iterations.count>1"});
  EXPECT_THAT(args, ElementsAre("--check=gap.max<2s",
                                "--check=spread<5%;iterations.count>1", "--"));
}

TEST(GuestArgsTest, GuestReadsTheSame) {
  const std::vector<const char*> args = {"--stressor=all", "--cpus", "0-1",
                                         "--nosequential", "--",     "x=--y"};
  const std::vector<std::string> once = ArgsFor(args);
  std::vector<const char*> again;
  again.reserve(once.size());
  for (const std::string& arg : once) again.push_back(arg.c_str());
  EXPECT_EQ(ArgsFor(again), once);
}

TEST(GuestArgsTest, GuestIsToldUsersByNumber) {
  EXPECT_THAT(ArgsFor({"--user=root"}), ElementsAre("--user=0:0", "--"));
  EXPECT_THAT(ArgsFor({"--user=7:8"}), ElementsAre("--user=7:8", "--"));
}

// Whoever adds a flag for machines gets this right by its name.
TEST(GuestArgsTest, NoFlagOfMachinesReachesTheGuest) {
  // Also what links the flags in.
  EXPECT_THAT(ReadVmOptions(CommandLine()), IsOk());
  int flags = 0;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (!absl::StartsWith(name, "vm")) continue;
    ++flags;
    CommandLine line;
    line.settings = {{std::string(name), "x"}};
    EXPECT_THAT(GuestArgs(line), ElementsAre("--")) << name;
  }
  EXPECT_GT(flags, 5);
}

}  // namespace
}  // namespace ktstr
