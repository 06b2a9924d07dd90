// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/placement/placement_flags.h"

#include <string>
#include <vector>

#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/cli/command_line.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/testing/status_matchers.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Flags are global: each test sets those that it reads.
absl::StatusOr<PlacementOptions> Read(std::vector<const char*> args) {
  const absl::StatusOr<CommandLine> line = ParseCommandLine(args);
  if (!line.ok()) return line.status();
  return ReadPlacement(*line);
}

class PlacementFlagsTest : public ::testing::Test {
 protected:
  absl::FlagSaver saver_;
};

TEST_F(PlacementFlagsTest, NothingIsAskedUnlessSaid) {
  const absl::StatusOr<PlacementOptions> placement = Read({});
  ASSERT_THAT(placement, IsOk());
  EXPECT_EQ(placement->affinity.kind, AffinitySpec::Kind::kInherit);
  EXPECT_FALSE(placement->sched.has_value());
  EXPECT_FALSE(placement->nice.has_value());
  EXPECT_FALSE(placement->uclamp.has_value());
  EXPECT_FALSE(placement->slice_ns.has_value());
  EXPECT_FALSE(placement->autogroup.own);
  EXPECT_EQ(placement->core_cookie, CookieSharing::kNone);
  EXPECT_FALSE(placement->memory.has_value());
  EXPECT_FALSE(placement->user.has_value());
  EXPECT_THAT(placement->cgroup, IsEmpty());
  EXPECT_THAT(placement->cgroups, IsEmpty());
  EXPECT_FALSE(placement->allow_rt_everywhere);
}

TEST_F(PlacementFlagsTest, ReadsWhatSchedules) {
  const absl::StatusOr<PlacementOptions> placement =
      Read({"--affinity=random:2", "--sched=waker=fifo:50,batch", "--nice=0",
            "--uclamp=100:512", "--slice=3ms", "--autogroup=own:-5",
            "--core_cookie=group", "--allow_rt_everywhere"});
  ASSERT_THAT(placement, IsOk());
  EXPECT_EQ(placement->affinity.ToString(), "random:2");
  EXPECT_EQ(placement->sched->For("waker")->ToText(), "fifo:50");
  EXPECT_EQ(placement->sched->For("wakee")->ToText(), "batch");
  EXPECT_EQ(placement->nice, 0);  // Given, although it is the default.
  EXPECT_EQ(placement->uclamp->min, 100);
  EXPECT_EQ(placement->uclamp->max, 512);
  EXPECT_EQ(placement->slice_ns, 3'000'000);
  EXPECT_TRUE(placement->autogroup.own);
  EXPECT_EQ(placement->autogroup.nice, -5);
  EXPECT_EQ(placement->core_cookie, CookieSharing::kGroup);
  EXPECT_TRUE(placement->allow_rt_everywhere);
}

TEST_F(PlacementFlagsTest, ReadsMemoryAndUser) {
  const absl::StatusOr<PlacementOptions> placement =
      Read({"--mempolicy=bind:0-1+static", "--user=65534:65533"});
  ASSERT_THAT(placement, IsOk());
  EXPECT_EQ(placement->memory->ToText(), "bind:0-1+static");
  EXPECT_EQ(placement->user->uid, 65534u);
  EXPECT_EQ(placement->user->gid, 65533u);
}

TEST_F(PlacementFlagsTest, NewCgroupHasItsControls) {
  const absl::StatusOr<PlacementOptions> placement =
      Read({"--cgroup=/there", "--cgroup_new", "--cgroup_cpu_weight=300",
            "--cgroup_cpu_max=150%", "--cgroup_cpuset=0-1,3", "--cgroup_mems=0",
            "--cgroup_memory_max=64M", "--cgroup_uclamp_min=20.5",
            "--cgroup_uclamp_max=80"});
  ASSERT_THAT(placement, IsOk());
  EXPECT_EQ(placement->cgroup, "/there");
  ASSERT_THAT(placement->cgroups, SizeIs(1));
  const CgroupSpec& cgroup = placement->cgroups[0];
  EXPECT_EQ(cgroup.cpu_weight, 300u);
  EXPECT_EQ(cgroup.cpu_max->quota_us, 150'000);
  EXPECT_EQ(cgroup.cpus, (CpuSet{0, 1, 3}));
  EXPECT_EQ(cgroup.mems, CpuSet{0});
  EXPECT_EQ(cgroup.memory_max, 64 << 20);
  EXPECT_EQ(cgroup.uclamp_min, 20.5);
  EXPECT_EQ(cgroup.uclamp_max, 80);
}

TEST_F(PlacementFlagsTest, SeveralCgroups) {
  const absl::StatusOr<PlacementOptions> placement =
      Read({"--cgroups=a:weight=100:workers=4,b:weight=idle"});
  ASSERT_THAT(placement, IsOk());
  ASSERT_THAT(placement->cgroups, SizeIs(2));
  EXPECT_EQ(placement->cgroups[0].workers, 4u);
  EXPECT_TRUE(placement->cgroups[1].cpu_idle);
}

TEST_F(PlacementFlagsTest, RefusesWhatNoMachineCouldTake) {
  for (const char* flag : {"--affinity=spred",
                           "--affinity=random:0",
                           "--affinity=",
                           "--sched=fifo",
                           "--sched=fifo:100",
                           "--sched=",
                           "--sched=a=",
                           "--sched=deadline:2ms/1ms/1ms",
                           "--nice=20",
                           "--nice=-21",
                           "--uclamp=1",
                           "--uclamp=0:1025",
                           "--uclamp=5:4",
                           "--uclamp=a:b",
                           "--slice=1us",
                           "--slice=1s",
                           "--autogroup=mine",
                           "--autogroup=own:99",
                           "--autogroup=own5",
                           "--core_cookie=gruop",
                           "--mempolicy=bind",
                           "--mempolicy=bind:",
                           "--user=",
                           "--user=no such user:0",
                           "--cgroups=",
                           "--cgroups=a,a",
                           "--cgroups=a:weight=0",
                           "--cgroup="}) {
    const absl::FlagSaver saver;
    const std::string text = flag;
    EXPECT_THAT(Read({flag}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(StartsWith(text.substr(0, text.find('='))),
                               Not(HasSubstr("\n")))))
        << flag;
  }
}

TEST_F(PlacementFlagsTest, ControlsNeedTheirCgroup) {
  EXPECT_THAT(Read({"--cgroup_cpu_weight=100"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "--cgroup_cpu_weight is for a new cgroup; add "
                       "--cgroup_new"));
  EXPECT_THAT(Read({"--cgroup_new", "--cgroups=a,b"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("--cgroups and --cgroup_new exclude")));
}

TEST_F(PlacementFlagsTest, WeightAndIdleExcludeEachOther) {
  EXPECT_THAT(
      Read({"--cgroup_new", "--cgroup_idle", "--cgroup_cpu_weight=100"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "--cgroup_cpu_weight=100: it excludes --cgroup_idle"));
}

}  // namespace
}  // namespace ktstr
