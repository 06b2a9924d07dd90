// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/intent.h"

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/commands/help.h"
#include "ktstr/cli/plan/fake_stressors.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/machine_spec/vm_spec.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::TestWithParam;
using ::testing::ValuesIn;

absl::StatusOr<Intent> Read(const std::vector<const char*>& args) {
  const absl::FlagSaver saver;
  return ReadIntent(args, FakeMachine(), FakeStressors());
}

std::string Printed(const std::vector<const char*>& args) {
  const auto intent = Read(args);
  EXPECT_THAT(intent, IsOk());
  return intent.ok() && intent->kind == Intent::kPrint ? intent->text : "";
}

TEST(IntentTest, PrintsHelpWhenAskedForNothingOrForHelp) {
  EXPECT_EQ(Printed({}), HelpText());
  EXPECT_EQ(Printed({"--help"}), HelpText());
  EXPECT_EQ(Printed({"help"}), HelpText());
  EXPECT_EQ(Printed({"list", "--help"}), HelpText());
}

TEST(IntentTest, HelpFitsTheTerminal) {
  for (absl::string_view line : absl::StrSplit(HelpText(), '\n')) {
    EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(IntentTest, HelpHasEveryFlagOnce) {
  const std::string help = HelpText();
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (!absl::StrContains(flag->Filename(), "ktstr/cli/")) continue;
    size_t lines = 0;
    for (absl::string_view line : absl::StrSplit(help, '\n')) {
      if (!absl::ConsumePrefix(&line, absl::StrCat("  --", name))) continue;
      if (line.empty() || line[0] == '=' || line[0] == ' ') ++lines;
    }
    EXPECT_EQ(lines, 1u) << name;
  }
}

TEST(IntentTest, PrintsTheVersion) {
  EXPECT_EQ(Printed({"version"}), "ktstr 0.1.0\n");
  EXPECT_EQ(Printed({"--version"}), "ktstr 0.1.0\n");
}

TEST(IntentTest, ListsAndDescribes) {
  EXPECT_THAT(Printed({"list"}), StartsWith("spin  workers"));
  EXPECT_THAT(Printed({"list", "--long"}), HasSubstr("kernel path"));
  EXPECT_THAT(Printed({"describe", "wake"}), StartsWith("wake: one"));
  EXPECT_THAT(Printed({"describe", "host"}), HasSubstr("fifo"));
  EXPECT_THAT(Printed({"topology"}), HasSubstr("a run may use: 0-1"));
}

TEST(IntentTest, ShowsASavedReport) {
  const auto intent = Read({"report", "--format=tap", "run.pb"});
  ASSERT_THAT(intent, IsOk());
  EXPECT_EQ(intent->kind, Intent::kShowReport);
  EXPECT_EQ(intent->report_file, "run.pb");
  EXPECT_EQ(intent->options.format, "tap");
}

TEST(IntentTest, MergesSavedReports) {
  const auto intent = Read({"merge", "a.pb", "--output=all.json", "b.pb"});
  ASSERT_THAT(intent, IsOk());
  EXPECT_EQ(intent->kind, Intent::kMerge);
  EXPECT_THAT(intent->files, ElementsAre("a.pb", "b.pb"));
  EXPECT_EQ(intent->options.output_format, "json");
}

TEST(IntentTest, PlansARun) {
  const auto intent =
      Read({"--stressor=wake", "depth=8", "--duration=500ms", "--cpus", "1",
            "--workers=4", "--mode=thread", "--check=gap.max<2s;spread<5%"});
  ASSERT_THAT(intent, IsOk());
  EXPECT_EQ(intent->kind, Intent::kRun);
  const PlannedStressor& planned = intent->plan.steps.at(0).stressors.at(0);
  EXPECT_EQ(planned.params.at(0).value, "8");
  EXPECT_EQ(planned.workers, 4u);
  const RunOptions& options = intent->plan.options;
  EXPECT_EQ(options.duration, absl::Milliseconds(500));
  EXPECT_EQ(options.mode, WorkerMode::kThread);
  EXPECT_EQ(options.cpus, CpuSet{1});
  EXPECT_TRUE(options.cpus_given);
  EXPECT_THAT(intent->options.conditions,
              ElementsAre(testing::Field(&Condition::name, "gap.max<2s"),
                          testing::Field(&Condition::name, "spread<5%")));
}

TEST(IntentTest, HasDefaultsThatDoNotDependOnTheHost) {
  const auto intent = Read({"--stressor=spin"});
  ASSERT_THAT(intent, IsOk());
  const RunOptions& options = intent->plan.options;
  EXPECT_EQ(options.duration, absl::Seconds(5));
  EXPECT_EQ(options.seed, 1u);
  EXPECT_EQ(options.timer_slack, absl::Nanoseconds(1));
  EXPECT_EQ(options.cpus, (CpuSet{0, 1}));
  EXPECT_FALSE(options.cpus_given);
  EXPECT_EQ(intent->options.format, "text");
}

TEST(IntentTest, TakesTheFormatOfAFileFromItsEnding) {
  const auto format = [](const char* output) {
    return Read({"--stressor=spin", "--format=tap", "--output", output})
        ->options.output_format;
  };
  EXPECT_EQ(format("r.json"), "json");
  EXPECT_EQ(format("r.pb"), "pb");
  EXPECT_EQ(format("r.textproto"), "textproto");
  EXPECT_EQ(format("r.txt"), "text");
  EXPECT_EQ(format("r.log"), "tap");
  EXPECT_EQ(format("pb"), "tap");
}

TEST(IntentTest, RunsTogetherOnRequest) {
  EXPECT_EQ(Read({"--stressor=all"})->plan.steps.size(), 2u);
  EXPECT_EQ(Read({"--stressor=all", "--together"})->plan.steps.size(), 1u);
  EXPECT_EQ(Read({"--stressor=all", "--nosequential"})->plan.steps.size(), 1u);
  EXPECT_EQ(
      Read({"--stressor=all", "--together", "--notogether"})->plan.steps.size(),
      2u);
}

TEST(IntentTest, ListsNamedMachines) {
  EXPECT_EQ(Printed({"list", "vm"}), ListVm());
}

TEST(IntentTest, StartsASchedulerOnTheHostToo) {
  const auto intent =
      Read({"--stressor=spin", "--scheduler=scx_simple -f 'a b'"});
  ASSERT_THAT(intent, IsOk());
  EXPECT_EQ(intent->kind, Intent::kRun);
  EXPECT_THAT(intent->options.scheduler,
              ElementsAre("scx_simple", "-f", "a b"));
}

// Behind what the kernel did not know and hands to init.
TEST(IntentTest, BecomesAGuestForTheKernelsLastWord) {
  for (const std::vector<const char*>& args :
       {std::vector<const char*>{"vm_guest"},
        std::vector<const char*>{"splash", "-x", "vm_guest"}}) {
    const auto intent = Read(args);
    ASSERT_THAT(intent, IsOk());
    EXPECT_EQ(intent->kind, Intent::kBeGuest);
  }
}

TEST(IntentTest, PrintsThePlanInsteadOfRunningIt) {
  EXPECT_THAT(Printed({"--stressor=wake", "--dry_run", "--workers=2"}),
              testing::AllOf(HasSubstr("waker"), HasSubstr("sleeper")));
}

struct BadCase {
  std::vector<const char*> args;
  std::string message;

  friend void PrintTo(const BadCase& bad, std::ostream* out) {
    *out << absl::StrJoin(bad.args, " ");
  }
};

using CliBadTest = TestWithParam<BadCase>;

TEST_P(CliBadTest, IsRefusedInOneLine) {
  const auto intent = Read(GetParam().args);
  ASSERT_THAT(intent, testing::Not(IsOk()));
  EXPECT_EQ(std::string(intent.status().message()), GetParam().message);
  EXPECT_THAT(GetParam().message, testing::Not(HasSubstr("\n")));
}

const char kNothing[] =
    "nothing to run: name it with --stressor=NAME, or --stressor=all ('ktstr "
    "list' shows the names)";

INSTANTIATE_TEST_SUITE_P(
    Words, CliBadTest,
    ValuesIn(std::vector<BadCase>{
        {{"wake"}, "'wake' is no command; to run it: --stressor=wake"},
        {{"lst"},
         "'lst' is neither a command nor NAME=VALUE (did you mean 'list'?)"},
        {{"--stressor=wake", "8"}, "'8' is neither a command nor NAME=VALUE"},
        {{"depth=8"}, kNothing},
        {{"--duration=1s"}, kNothing},
        {{"--stressor="}, kNothing},
        {{""}, "'' is neither a command nor NAME=VALUE"},
        {{"--stressor=wake", "=8"},
         "'=8' does not set a parameter: it has to be NAME=VALUE"},
        {{"describe"}, "'describe' needs the name of a stressor, or host"},
        {{"describe", "wke"},
         "there is no stressor 'wke' (did you mean 'wake'?)"},
        {{"describe", "wake", "spin"}, "'describe' does not take 'spin'"},
        {{"list", "wake"},
         "'list' lists the stressors, and 'list vm' the named topologies; it "
         "does not take 'wake'"},
        {{"list", "vm", "wake"},
         "'list' lists the stressors, and 'list vm' the named topologies; it "
         "does not take 'wake'"},
        {{"list", "--vm=2c"}, "'list' does not take --vm"},
        {{"vm_gues"}, "'vm_gues' is neither a command nor NAME=VALUE"},
        {{"list", "--workers=2"}, "'list' does not take --workers"},
        {{"merge"}, "'merge' needs the files of saved reports"},
        {{"merge", "--quiet", "a.pb"}, "'merge' does not take --quiet"},
        {{"report", "a", "b"}, "'report' does not take 'b'"},
        {{"report"}, "'report' needs the file of a saved report"},
        {{"--stressor=wake", "--long"}, "--long is for 'ktstr list'"},
        {{"--stressor=wake", "dept=8"},
         "wake: unknown parameter 'dept' (did you mean 'depth'?); it "
         "has depth, how, period"},
    }));

INSTANTIATE_TEST_SUITE_P(
    Flags, CliBadTest,
    ValuesIn(std::vector<BadCase>{
        {{"--stresor=wake"},
         "there is no flag --stresor (did you mean 'stressor'?)"},
        {{"--stressor=spin", "--duration=5"},
         "--duration=5: a duration needs a unit, as in 5s or 5ms"},
        {{"--stressor=spin", "--duration=0s"},
         "--duration=0: it has to be more than 0"},
        {{"--stressor=spin", "--duration=-1s"},
         "--duration=-1s: it has to be more than 0"},
        {{"--stressor=spin", "--duration=inf"},
         "--duration=inf: it has to be at most 8760h"},
        {{"--stressor=spin", "--duration="},
         "--duration=: it is a duration such as 500ms, 5s or 2m"},
        {{"--stressor=spin", "--grace=0ms"},
         "--grace=0: it has to be more than 0"},
        {{"--stressor=spin", "--timer_slack=1m"},
         "--timer_slack=1m: it has to be at most 10s"},
        {{"--stressor=spin", "--mode=forks"},
         "--mode=forks: it is one of fork, thread (did you mean 'fork'?)"},
        {{"--stressor=spin", "--repeat=0"},
         "--repeat=0: it is a number from 1 to 1000000"},
        {{"--stressor=spin", "--format=jsn"},
         "--format=jsn: it is one of text, tap, json, textproto, pb (did "
         "you mean 'json'?)"},
        {{"--stressor=spin", "--output="},
         "--output is empty; it takes a file"},
        {{"--stressor=spin", "--cpus="},
         "--cpus is empty; it takes a list such as 0-3,8 or llc:0,!cpu:1"},
        {{"--stressor=spin", "--cpus=9"}, "--cpus=9: there are CPUs 0-3"},
        {{"--stressor=wake", "--filter=wa(ke"},
         "--filter=wa(ke: missing ): wa(ke"},
        {{"--stressor=spin", "--sequential", "--together"},
         "--sequential and --together exclude each other"},
        {{"--stressor=spin", "--check=gap.max<2"},
         "--check='gap.max<2': '2' is not a duration such as 500us, 1.5ms or "
         "2s"},
        {{"--stressor=spin", "--check=gap.max<2s", "--check=gap.max < 2s"},
         "--check='gap.max < 2s' is given twice"},
        {{"--stressor=spin", "--check=role=waker gap.max<2s"},
         "--check='role=waker,gap.max<2s': this run has no role 'waker' (did "
         "you mean 'worker'?); it has worker"},
    }));

}  // namespace
}  // namespace ktstr
