// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Command lines with --vm; intent_test.cc has the others.

#include <ostream>
#include <string>
#include <vector>

#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/commands/help.h"
#include "ktstr/cli/intent.h"
#include "ktstr/cli/plan/fake_stressors.h"
#include "ktstr/cli/vm/cells/fake_kernel.h"
#include "ktstr/cli/vm/cells/vm_options.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/testing/temp_dir.h"
#include "ktstr/vm/qemu/accelerator.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<Intent> Read(const std::vector<const char*>& args) {
  const absl::FlagSaver saver;
  return ReadIntent(args, FakeMachine(), FakeStressors());
}

std::string Printed(const std::vector<const char*>& args) {
  const auto intent = Read(args);
  EXPECT_THAT(intent, IsOk());
  return intent.ok() && intent->kind == Intent::kPrint ? intent->text : "";
}

// Runs in machines of a kernel that is none.
class VmIntentTest : public testing::Test {
 protected:
  absl::StatusOr<Intent> ReadWithKernel(std::vector<const char*> args) const {
    args.push_back(kernel_.c_str());
    return Read(args);
  }

  const TempDir folder_;
  const std::string kernel_ =
      absl::StrCat("--kernel=", folder_.Write("bzImage", FakeKernel("6.12.1")));
};

TEST_F(VmIntentTest, PlansARunInEachMachine) {
  const auto intent = ReadWithKernel(
      {"--vm=2c,4c", "--stressor=spin", "--vm=8c", "--duration=1s", "--quiet"});
  ASSERT_THAT(intent, IsOk());
  EXPECT_EQ(intent->kind, Intent::kRunInVms);
  ASSERT_EQ(intent->cells.size(), 3u);
  EXPECT_EQ(intent->cells[0].name, "2c");
  EXPECT_EQ(intent->cells[0].plan.steps.at(0).stressors.at(0).workers, 2u);
  EXPECT_EQ(intent->cells[2].name, "8c");
  EXPECT_EQ(intent->cells[2].plan.steps.at(0).stressors.at(0).workers, 8u);
  EXPECT_THAT(intent->guest_args,
              ElementsAre("--stressor=spin", "--duration=1s", "--"));
}

TEST_F(VmIntentTest, ReadsTheMachinesFlags) {
  const auto intent = ReadWithKernel(
      {"--vm=2c", "--stressor=spin", "--vm_accel=tcg", "--vm_append=a=1,2 b",
       "--vm_append=c;d", "--vm_arg=-s", "--vm_include=/etc/passwd:/x",
       "--vm_timeout=90s", "--vm_jobs=3", "--vm_console=c", "--vm_keep=k"});
  ASSERT_THAT(intent, IsOk());
  const VmOptions& vm = intent->options.vm;
  EXPECT_EQ(vm.accelerator, AcceleratorMode::kTcg);
  EXPECT_THAT(vm.append, ElementsAre("a=1,2 b", "c;d"));
  EXPECT_THAT(vm.args, ElementsAre("-s"));
  EXPECT_THAT(vm.includes, ElementsAre("/etc/passwd:/x"));
  EXPECT_EQ(vm.timeout, absl::Seconds(90));
  EXPECT_EQ(vm.jobs, 3u);
  EXPECT_EQ(vm.console, "c");
  EXPECT_EQ(vm.keep, "k");
}

TEST_F(VmIntentTest, CpusAreTheGuests) {
  EXPECT_THAT(ReadWithKernel({"--vm=8c", "--stressor=spin", "--cpus=7"}),
              IsOk());
  EXPECT_THAT(ReadWithKernel({"--vm=8c,2c", "--stressor=spin", "--cpus=7"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--cpus=7: there are CPUs 0-1"));
}

TEST_F(VmIntentTest, TopologyWordsAreOfTheMachine) {
  const absl::StatusOr<Intent> intent =
      ReadWithKernel({"--vm=2n2c", "--stressor=wake", "--cpus=node:1",
                      "--workers=2", "--affinity=spread"});
  ASSERT_THAT(intent, IsOk());
  const PlannedStressor& planned = intent->cells[0].plan.steps[0].stressors[0];
  EXPECT_EQ(planned.placed[0].cpus, CpuSet{2});
  EXPECT_EQ(planned.placed[1].cpus, CpuSet{3});
}

TEST_F(VmIntentTest, PrintsThePlanOfEachMachine) {
  const auto intent =
      ReadWithKernel({"--vm=2c,2n", "--stressor=wake", "--dry_run"});
  ASSERT_THAT(intent, IsOk());
  EXPECT_EQ(intent->kind, Intent::kPrint);
  EXPECT_THAT(intent->text, testing::AllOf(StartsWith("2c: 1n1l2c1t, 2 CPUs"),
                                           HasSubstr("\n2n: 2n1l1c1t"),
                                           HasSubstr("sleeper")));
}

// Whatever else is asked for: not on this machine.
TEST_F(VmIntentTest, NeverRunsHere) {
  const auto intent =
      ReadWithKernel({"--vm=2c", "--stressor=spin", "--nohelp", "--noversion"});
  ASSERT_THAT(intent, IsOk());
  EXPECT_EQ(intent->kind, Intent::kRunInVms);
}

TEST_F(VmIntentTest, HelpAndVersionNeedNoMachine) {
  EXPECT_EQ(Printed({"--vm=2c", "--version"}), "ktstr 0.1.0\n");
  EXPECT_EQ(Printed({"--vm=2c", "--help"}), HelpText());
}

TEST_F(VmIntentTest, RefusesWhatARunHereRefuses) {
  EXPECT_THAT(ReadWithKernel({"--vm=2c", "--stressor=wke"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "there is no stressor 'wke' (did you mean 'wake'?)"));
  EXPECT_THAT(ReadWithKernel({"--vm=2c"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("nothing to run")));
}

struct BadCase {
  std::vector<const char*> args;
  std::string message;

  friend void PrintTo(const BadCase& bad, std::ostream* out) {
    *out << absl::StrJoin(bad.args, " ");
  }
};

class BadVmTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadVmTest, IsRefusedInOneLine) {
  EXPECT_THAT(Read(GetParam().args),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Machines, BadVmTest,
    testing::ValuesIn(std::vector<BadCase>{
        {{"--vm=", "--stressor=spin"},
         "--vm is empty; it takes a topology such as 2n1l2c2t"},
        {{"--kernel=x", "--stressor=spin"},
         "--kernel is for a virtual machine; add --vm=TOPOLOGY"},
        {{"--vm_jobs=2", "--stressor=spin"},
         "--vm_jobs is for a virtual machine; add --vm=TOPOLOGY"},
        {{"--vm=2c", "--vm_timeout=-1s", "--stressor=spin"},
         "--vm_timeout=-1s: it has to be more than 0"},
        {{"--vm=2c", "--vm_timeout=5", "--stressor=spin"},
         "--vm_timeout=5: a duration needs a unit, as in 5s or 5ms"},
        {{"--vm=2c", "--vm_timeout=inf", "--stressor=spin"},
         "--vm_timeout=inf: it has to be at most 8760h"},
        {{"--vm=2c", "--vm_accel=kvn", "--stressor=spin"},
         "--vm_accel=kvn: it is one of auto, kvm, tcg (did you mean 'kvm'?)"},
        {{"--vm=2c", "--vm_jobs=many", "--stressor=spin"},
         "--vm_jobs=many: it is a whole number from 0 to 4294967295"},
        {{"--scheduler=", "--stressor=spin"},
         "--scheduler is empty; it takes a program and its arguments"},
        {{"--scheduler= ", "--stressor=spin"},
         "--scheduler is empty; it takes a program and its arguments"},
        {{"--scheduler=a 'b", "--stressor=spin"},
         "--scheduler: the quote ' in 'a 'b' is not closed"},
    }));

// The words are the specs' own affair; what is told first is the flag.
TEST(VmSpecIntentTest, NamesTheMachineThatCannotBe) {
  for (const char* spec : {"--vm=2x", "--vm=0n", "--vm=2c,c2", "--vm=999c"}) {
    const auto intent = Read({spec, "--stressor=spin"});
    ASSERT_THAT(intent, testing::Not(IsOk())) << spec;
    EXPECT_THAT(std::string(intent.status().message()), StartsWith("--vm="))
        << spec;
  }
}

}  // namespace
}  // namespace ktstr
