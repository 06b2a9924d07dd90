// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/plan/run_machine.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/plan/fake_stressors.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_sysfs.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(ChooseCpusTest, TakesWhatIsAllowed) {
  EXPECT_THAT(ChooseCpus("0-1", FakeMachine()), IsOkAndHolds(CpuSet{0, 1}));
  EXPECT_THAT(ChooseCpus("!cpu:0", FakeMachine()), IsOkAndHolds(CpuSet{1}));
  EXPECT_THAT(ChooseCpus("core:1", FakeMachine()), IsOkAndHolds(CpuSet{1}));
  EXPECT_THAT(ChooseCpus("llc:0", FakeMachine()), IsOkAndHolds(CpuSet{0, 1}));
}

TEST(ChooseCpusTest, TellsAbsentFromOfflineFromForbidden) {
  EXPECT_THAT(ChooseCpus("7-8", FakeMachine()),
              StatusIs(kInvalid, AllOf(StartsWith("--cpus=7-8: "),
                                       HasSubstr("there are CPUs 0-3"))));
  EXPECT_THAT(ChooseCpus("1,3", FakeMachine()),
              StatusIs(kInvalid, AllOf(StartsWith("--cpus=1,3: "),
                                       HasSubstr("offline"))));
  EXPECT_THAT(ChooseCpus("0-2", FakeMachine()),
              StatusIs(kInvalid, AllOf(StartsWith("--cpus=0-2: "),
                                       HasSubstr("allowed"))));
}

TEST(ChooseCpusTest, RefusesWhatIsNoListOfCpus) {
  EXPECT_THAT(ChooseCpus("", FakeMachine()),
              StatusIs(kInvalid, StartsWith("--cpus is empty")));
  for (const char* words : {"1-0", "99999999", "llc:1", "llc:", "nodes:0",
                            "0,!cpu:0", "!all", "package:9", "smt:1"}) {
    EXPECT_THAT(
        ChooseCpus(words, FakeMachine()),
        StatusIs(kInvalid, StartsWith(absl::StrCat("--cpus=", words, ": "))));
  }
}

TEST(ReadRunMachineTest, ReadsSysfs) {
  FakeSysfs sysfs({.cores_per_llc = 4});
  sysfs.TakeOffline(2);
  const auto machine = ReadRunMachine(sysfs.root());
  ASSERT_THAT(machine, IsOk());
  EXPECT_THAT(machine->topology.possible(), (CpuSet{0, 1, 2, 3}));
  EXPECT_THAT(machine->topology.online(), (CpuSet{0, 1, 3}));
  EXPECT_THAT(machine->allowed, *GetAffinity());
}

TEST(ReadRunMachineTest, KnowsOnlyTheAffinityWithoutSysfs) {
  const FakeSysfs nothing;
  auto machine = ReadRunMachine(nothing.root());
  ASSERT_THAT(machine, IsOk());
  EXPECT_FALSE(machine->topology.known());
  machine->allowed = {0};
  EXPECT_THAT(ChooseCpus("0", *machine), IsOk());
  EXPECT_THAT(ChooseCpus("1", *machine),
              StatusIs(kInvalid, StartsWith("--cpus=1: ")));
  EXPECT_THAT(ChooseCpus("llc:0", *machine),
              StatusIs(kInvalid, StartsWith("--cpus=llc:0: ")));
}

TEST(ReadRunMachineTest, SenselessSysfsIsAnUnknownTopology) {
  FakeSysfs sysfs({.cores_per_llc = 2});
  sysfs.Write("cpu/cpu1/topology/core_cpus_list", "x");
  const auto machine = ReadRunMachine(sysfs.root());
  ASSERT_THAT(machine, IsOk());
  EXPECT_THAT(machine->topology.unknown_reason(), HasSubstr("core_cpus_list"));
  EXPECT_EQ(machine->topology.online(), *GetAffinity());
}

}  // namespace
}  // namespace ktstr
