// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// A placement that cannot be gets one line that names the flag, the value and
// what it takes, and starts nothing.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/testing/binary/run_binary.h"

namespace ktstr {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Bad {
  std::string name;               // Of the test.
  std::vector<std::string> args;  // After the stressor's.
  std::vector<std::string> said;  // What the line has to hold.
  std::string stressor = "futex_ping_pong";
};

std::ostream& operator<<(std::ostream& out, const Bad& bad) {
  for (const std::string& arg : bad.args) out << arg << " ";
  return out;
}

Outcome RunForbidden(const Bad& bad) {
  BinaryCall call;
  call.args = {"--stressor=" + bad.stressor, "--iterations=1"};
  call.args.insert(call.args.end(), bad.args.begin(), bad.args.end());
  call.before_exec = ForbidProcesses;
  return RunBinary(call);
}

class BadPlacementTest : public testing::TestWithParam<Bad> {};

TEST_P(BadPlacementTest, IsAUsageErrorInOneLine) {
  const Outcome outcome = RunForbidden(GetParam());
  ASSERT_FALSE(outcome.refused) << "this host has no seccomp(2)";
  EXPECT_EQ(outcome.exit_code, 64) << "signal " << outcome.signal;
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(IsOneLine(outcome.err)) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("ktstr: "));
  for (const std::string& words : GetParam().said) {
    EXPECT_THAT(outcome.err, HasSubstr(words));
  }
}

std::string NameOf(const testing::TestParamInfo<Bad>& info) {
  return info.param.name;
}

const Bad kCpus[] = {
    {"CpuWord", {"--cpus=lcl:0"}, {"--cpus=lcl:0", "llc:N"}},
    {"CpuWordWithoutNumber", {"--cpus=llc:"}, {"--cpus=llc:"}},
    {"NoSuchLlc", {"--cpus=llc:99"}, {"--cpus", "llc:99"}},
    {"NoSuchNode", {"--cpus=node:77"}, {"--cpus", "node:77"}},
    {"NoSuchCore", {"--cpus=core:4000"}, {"--cpus", "core:4000"}},
    {"NoSuchSibling", {"--cpus=smt:9"}, {"--cpus", "smt:9"}},
    {"NothingLeft", {"--cpus=0,!all"}, {"--cpus=0,!all"}},
    {"Affinity", {"--affinity=spraed"}, {"--affinity=spraed", "'spread'"}},
    {"AffinityEmpty", {"--affinity="}, {"--affinity="}},
    {"RandomOfNone", {"--affinity=random:0"}, {"--affinity=random:0", "1"}},
    {"RandomOfTooMany",
     {"--affinity=random:5000"},
     {"--affinity", "random:5000"}},
    {"RandomJunk", {"--affinity=random:x"}, {"--affinity=random:x", "1 to "}},
    {"RoleOfNobody",
     {"--affinity=peeer=0"},
     {"--affinity", "'peeer'", "'peer'"}},
    {"RoleTwice", {"--affinity=peer=0,peer=1"}, {"--affinity", "peer"}},
    {"RoleOnNoCpu", {"--affinity=peer=999"}, {"--affinity", "999"}},
};
INSTANTIATE_TEST_SUITE_P(Cpus, BadPlacementTest, testing::ValuesIn(kCpus),
                         NameOf);

const Bad kSched[] = {
    {"Policy", {"--sched=bach"}, {"--sched=bach", "'batch'"}},
    {"PolicyEmpty", {"--sched="}, {"--sched="}},
    {"FifoWithoutPriority", {"--sched=fifo"}, {"--sched=fifo", "fifo:"}},
    {"PriorityZero", {"--sched=fifo:0"}, {"--sched=fifo:0", "1 .. 99"}},
    {"PriorityTooHigh", {"--sched=rr:100"}, {"--sched=rr:100", "1 .. 99"}},
    {"PriorityOfFair", {"--sched=batch:3"}, {"--sched=batch:3"}},
    {"DeadlineOfOne", {"--sched=deadline:1ms"}, {"--sched=deadline:1ms", "/"}},
    {"DeadlineReversed",
     {"--sched=deadline:9ms/5ms/10ms"},
     {"--sched=deadline:9ms/5ms/10ms"}},
    {"PolicyOfNobody", {"--sched=stage=batch"}, {"--sched", "'stage'", "peer"}},
    {"PolicyTwice", {"--sched=batch,idle"}, {"--sched=batch,idle"}},
    {"NiceTooLow", {"--nice=-21"}, {"--nice=-21", "-20 to 19"}},
    {"NiceTooHigh", {"--nice=20"}, {"--nice=20", "-20 to 19"}},
    {"NiceJunk", {"--nice=very"}, {"--nice", "very"}},
    {"ClampOfOne", {"--uclamp=200"}, {"--uclamp=200", "MIN:MAX"}},
    {"ClampTooHigh", {"--uclamp=0:1025"}, {"--uclamp=0:1025", "0 to 1024"}},
    {"ClampNegative", {"--uclamp=-1:9"}, {"--uclamp=-1:9", "0 to 1024"}},
    {"ClampReversed", {"--uclamp=9:8"}, {"--uclamp=9:8", "above"}},
    {"SliceTooShort", {"--slice=99us"}, {"--slice=99us", "100us to 100ms"}},
    {"SliceTooLong", {"--slice=101ms"}, {"--slice=101ms", "100us to 100ms"}},
    {"SliceWithoutUnit", {"--slice=5"}, {"--slice", "5"}},
    {"SlackZero", {"--timer_slack=0"}, {"--timer_slack", "more than 0"}},
    {"Autogroup", {"--autogroup=mine"}, {"--autogroup=mine", "own:NICE"}},
    {"AutogroupNice",
     {"--autogroup=own:20"},
     {"--autogroup=own:20", "-20 to 19"}},
    {"Cookie",
     {"--core_cookie=gruop"},
     {"--core_cookie=gruop", "none, worker, group, all", "'group'"}},
};
INSTANTIATE_TEST_SUITE_P(Sched, BadPlacementTest, testing::ValuesIn(kSched),
                         NameOf);

const Bad kOthers[] = {
    {"Memory", {"--mempolicy=bnid:0"}, {"--mempolicy=bnid:0", "'bind'"}},
    {"MemoryEmpty", {"--mempolicy="}, {"--mempolicy="}},
    {"MemoryOnNothing", {"--mempolicy=bind"}, {"--mempolicy=bind", "bind:"}},
    {"MemoryOfLocal", {"--mempolicy=local:0"}, {"--mempolicy=local:0"}},
    {"MemoryFlag", {"--mempolicy=bind:0+statci"}, {"+statci", "'static'"}},
    {"MemoryFlags",
     {"--mempolicy=bind:0+static+relative"},
     {"--mempolicy=bind:0+static+relative"}},
    {"MemoryPreferredTwo",
     {"--mempolicy=preferred:0-1"},
     {"--mempolicy=preferred:0-1", "preferred_many"}},
    {"MemoryBalancing",
     {"--mempolicy=interleave:0+balancing"},
     {"--mempolicy=interleave:0+balancing", "bind"}},
    {"User", {"--user=no_such_user"}, {"--user=no_such_user"}},
    {"UserWithoutGroup", {"--user=4000000"}, {"--user=4000000", ":"}},
    {"UserEmpty", {"--user="}, {"--user="}},
    {"UserOfNoGroup", {"--user=0:no_such_group"}, {"no_such_group"}},
    {"UserTooHigh", {"--user=4294967295:0"}, {"--user=4294967295:0"}},
};
INSTANTIATE_TEST_SUITE_P(Others, BadPlacementTest, testing::ValuesIn(kOthers),
                         NameOf);

const Bad kCgroups[] = {
    {"NoCgroup",
     {"--cgroup=/sys/fs/cgroup/no/such"},
     {"--cgroup", "/sys/fs/cgroup/no/such"}},
    {"NoCgroupOfThatName", {"--cgroup=/no/such"}, {"--cgroup", "/no/such"}},
    {"CgroupEmpty", {"--cgroup="}, {"--cgroup"}},
    {"NoCgroupToMakeOneIn",
     {"--cgroup=/no/such", "--cgroup_new"},
     {"--cgroup", "/no/such"}},
    {"ControlOfNoCgroup",
     {"--cgroup_cpu_weight=100"},
     {"--cgroup_cpu_weight", "--cgroup_new"}},
    {"IdleOfNoCgroup", {"--cgroup_idle"}, {"--cgroup_idle", "--cgroup_new"}},
    {"Weight",
     {"--cgroup_new", "--cgroup_cpu_weight=0"},
     {"--cgroup_cpu_weight=0", "10000"}},
    {"WeightTooHigh",
     {"--cgroup_new", "--cgroup_cpu_weight=10001"},
     {"--cgroup_cpu_weight=10001", "10000"}},
    {"WeightOfIdle",
     {"--cgroup_new", "--cgroup_idle", "--cgroup_cpu_weight=5"},
     {"--cgroup_cpu_weight=5", "--cgroup_idle"}},
    {"Max", {"--cgroup_new", "--cgroup_cpu_max=0%"}, {"--cgroup_cpu_max=0%"}},
    {"MaxJunk",
     {"--cgroup_new", "--cgroup_cpu_max=half"},
     {"--cgroup_cpu_max=half", "50%"}},
    {"Cpuset", {"--cgroup_new", "--cgroup_cpuset=x"}, {"--cgroup_cpuset=x"}},
    {"Mems", {"--cgroup_new", "--cgroup_mems="}, {"--cgroup_mems="}},
    {"ClampMin",
     {"--cgroup_new", "--cgroup_uclamp_min=101"},
     {"--cgroup_uclamp_min=101", "100"}},
    {"ClampMax",
     {"--cgroup_new", "--cgroup_uclamp_max=-1"},
     {"--cgroup_uclamp_max=-1", "100"}},
    {"MemoryMax",
     {"--cgroup_new", "--cgroup_memory_max=64Q"},
     {"--cgroup_memory_max=64Q", "64M"}},
    {"BothKinds",
     {"--cgroup_new", "--cgroups=a:weight=1"},
     {"--cgroups", "--cgroup_new", "exclude"}},
    {"CgroupsEmpty", {"--cgroups="}, {"--cgroups="}},
    {"CgroupsControl",
     {"--cgroups=a:wieght=1"},
     {"--cgroups=a:wieght=1", "weight, max"}},
    {"CgroupsTwice", {"--cgroups=a,a"}, {"--cgroups=a,a", "a stands twice"}},
    {"CgroupsName", {"--cgroups=../x"}, {"--cgroups=../x"}},
    {"CgroupsPartOfAGroup",
     {"--workers=4", "--cgroups=a:workers=1,b:workers=3"},
     {"--cgroups", "'a'", "workers=1", "2"}},
    {"CgroupsOfTooFew",
     {"--workers=8", "--cgroups=a:workers=2,b:workers=2"},
     {"--cgroups", "4", "8"}},
    {"CgroupsOfSomeCount",
     {"--workers=4", "--cgroups=a:workers=2,b"},
     {"--cgroups", "workers="}},
    {"CgroupsMoreThanGroups",
     {"--workers=2", "--cgroups=a,b,c"},
     {"--cgroups", "3 cgroups", "--workers", "6"}},
};
INSTANTIATE_TEST_SUITE_P(Cgroups, BadPlacementTest, testing::ValuesIn(kCgroups),
                         NameOf);

// Nobody else would get on: neither by a policy for all, nor by the roles of
// stressors that run at the same time, nor when they inherit their CPUs.
const Bad kEverywhere[] = {
    {"Fifo",
     {"--sched=fifo:1", "--cpus=all"},
     {"fifo:1", "!cpu:0", "--allow_rt_everywhere"}},
    {"FifoInherited", {"--sched=fifo:1"}, {"--allow_rt_everywhere"}},
    {"Rr", {"--sched=rr:1", "--affinity=all"}, {"--allow_rt_everywhere"}},
    {"Deadline",
     {"--sched=deadline:1ms/10ms/10ms"},
     {"deadline:1ms/10ms/10ms", "--allow_rt_everywhere"}},
    {"Spread",
     {"--sched=fifo:1", "--affinity=spread", "--workers=64"},
     {"--allow_rt_everywhere"}},
    {"ByRole", {"--sched=peer=fifo:1"}, {"--allow_rt_everywhere"}},
    {"Together",
     {"--sched=peer=fifo:1", "--together"},
     {"--allow_rt_everywhere"},
     "futex_ping_pong,wake_chain"},
};
INSTANTIATE_TEST_SUITE_P(RealTimeEverywhere, BadPlacementTest,
                         testing::ValuesIn(kEverywhere), NameOf);

}  // namespace
}  // namespace ktstr
