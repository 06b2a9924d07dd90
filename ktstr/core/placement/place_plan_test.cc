// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/core/placement/place_plan.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/cgroup/cgroup_spec.h"
#include "ktstr/core/placement/affinity_spec.h"
#include "ktstr/core/plan.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/topology/fake_machines.h"
#include "ktstr/topology/topology.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

// Pairs of a waker and a wakee.
PlannedStressor Pairs(uint32_t workers, std::string alias = "pairs") {
  PlannedStressor planned;
  planned.alias = std::move(alias);
  planned.group_size = 2;
  planned.workers = workers;
  planned.roles = {"waker", "wakee"};
  return planned;
}

// A step of `planned` on CPUs 0 to 15.
Plan PlanOf(std::vector<PlannedStressor> planned) {
  Plan plan;
  plan.options.cpus = *CpuSet::Parse("0-15");
  plan.options.machine_cpus = plan.options.cpus;
  plan.steps.push_back({std::move(planned)});
  return plan;
}

std::vector<std::string> CpusOf(const PlannedStressor& planned) {
  std::vector<std::string> cpus;
  for (const PlacedWorker& worker : planned.placed) {
    cpus.push_back(worker.cpus.has_value() ? worker.cpus->ToString() : "-");
  }
  return cpus;
}

std::vector<uint32_t> CgroupsOf(const PlannedStressor& planned) {
  std::vector<uint32_t> cgroups;
  for (const PlacedWorker& worker : planned.placed) {
    cgroups.push_back(worker.cgroup);
  }
  return cgroups;
}

const PlannedStressor& First(const Plan& plan) {
  return plan.steps[0].stressors[0];
}

TEST(PlacePlanTest, NothingIsAskedByDefault) {
  Plan plan = PlanOf({Pairs(2)});
  ASSERT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  EXPECT_THAT(CpusOf(First(plan)), ElementsAre("-", "-"));
  EXPECT_FALSE(First(plan).placed[0].sched.has_value());
  EXPECT_EQ(First(plan).placed[0].cgroup, PlacedWorker::kNoCgroup);
}

TEST(PlacePlanTest, GivenCpusAreForAll) {
  Plan plan = PlanOf({Pairs(2)});
  plan.options.cpus = {3, 4};
  plan.options.cpus_given = true;
  ASSERT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  EXPECT_THAT(CpusOf(First(plan)), ElementsAre("3-4", "3-4"));
}

TEST(PlacePlanTest, AffinityIsWithinGivenCpus) {
  Plan plan = PlanOf({Pairs(4)});
  plan.options.cpus = *CpuSet::Parse("4-11");
  plan.options.placement.affinity = *ParseAffinity("cross_node");
  ASSERT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  EXPECT_THAT(CpusOf(First(plan)), ElementsAre("4-7", "8-11", "8-11", "4-7"));
}

TEST(PlacePlanTest, RolesHaveTheirCpusAndPolicies) {
  Plan plan = PlanOf({Pairs(2)});
  plan.options.placement.affinity = *ParseAffinity("waker=1,wakee=llc:1");
  plan.options.placement.sched = *ParseRoleSched("waker=fifo:50");
  ASSERT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  EXPECT_THAT(CpusOf(First(plan)), ElementsAre("1", "4-7"));
  EXPECT_EQ(First(plan).placed[0].sched->ToText(), "fifo:50");
  EXPECT_FALSE(First(plan).placed[1].sched.has_value());
}

TEST(PlacePlanTest, RoleMayBeOfOneStressorOnly) {
  PlannedStressor lone;
  lone.alias = "lone";
  lone.workers = 1;
  lone.roles = {"worker"};
  Plan plan = PlanOf({Pairs(2), lone});
  plan.options.placement.affinity = *ParseAffinity("waker=1");
  ASSERT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  EXPECT_THAT(CpusOf(plan.steps[0].stressors[1]), ElementsAre("0-15"));
}

TEST(PlacePlanTest, NobodysRoleIsRefused) {
  Plan plan = PlanOf({Pairs(2)});
  plan.options.placement.affinity = *ParseAffinity("waiter=1");
  EXPECT_THAT(PlacePlan(TwoNodes(), plan),
              StatusIs(kInvalid,
                       AllOf(StartsWith("--affinity: "), HasSubstr("'waiter'"),
                             HasSubstr("waker, wakee"))));
  plan = PlanOf({Pairs(2)});
  plan.options.placement.sched = *ParseRoleSched("walker=idle");
  EXPECT_THAT(
      PlacePlan(TwoNodes(), plan),
      StatusIs(kInvalid, AllOf(StartsWith("--sched: "), HasSubstr("'waker'"))));
}

TEST(PlacePlanTest, WhatTheMachineCannotIsASkip) {
  Plan plan = PlanOf({Pairs(2)});
  plan.options.cpus = {0};
  plan.options.placement.affinity = *ParseAffinity("smt_pair");
  ASSERT_THAT(PlacePlan(OneCpu(), plan), IsOk());
  EXPECT_THAT(First(plan).placement,
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("two siblings of a core")));
}

TEST(PlacePlanTest, RandomCpusDifferByStressor) {
  Plan plan = PlanOf({Pairs(8, "one"), Pairs(8, "two")});
  plan.options.placement.affinity = *ParseAffinity("random:3");
  ASSERT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  EXPECT_NE(CpusOf(plan.steps[0].stressors[0]),
            CpusOf(plan.steps[0].stressors[1]));
}

TEST(PlacePlanTest, CgroupsGetWholeGroupsInTurn) {
  Plan plan = PlanOf({Pairs(6)});
  plan.options.placement.cgroups = *ParseCgroups("a,b");
  ASSERT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  EXPECT_THAT(CgroupsOf(First(plan)), ElementsAre(0, 0, 0, 0, 1, 1));
}

TEST(PlacePlanTest, CgroupsGetAsManyAsTheySay) {
  Plan plan = PlanOf({Pairs(6)});
  plan.options.placement.cgroups = *ParseCgroups("a:workers=2,b:workers=4");
  ASSERT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  EXPECT_THAT(CgroupsOf(First(plan)), ElementsAre(0, 0, 1, 1, 1, 1));
}

TEST(PlacePlanTest, WorkersOfCgroupsHaveToAddUp) {
  const struct {
    const char* cgroups;
    const char* error;
  } kBad[] = {
      {"a:workers=2,b:workers=2", "4 together, but 6 workers run"},
      {"a:workers=2,b:workers=8", "10 together, but 6 workers run"},
      {"a:workers=3,b:workers=3", "not a multiple of its group of 2"},
      {"a:workers=6,b", "for all of them or for none"},
      {"a,b,c,d", "4 cgroups for 3 groups of workers; raise --workers to 8"},
  };
  for (const auto& bad : kBad) {
    Plan plan = PlanOf({Pairs(6)});
    plan.options.placement.cgroups = *ParseCgroups(bad.cgroups);
    EXPECT_THAT(PlacePlan(TwoNodes(), plan),
                StatusIs(kInvalid, AllOf(StartsWith("pairs: --cgroups: "),
                                         HasSubstr(bad.error))))
        << bad.cgroups;
  }
}

TEST(PlacePlanTest, RealTimeLeavesACpuFree) {
  Plan plan = PlanOf({Pairs(2)});
  plan.options.placement.sched = *ParseRoleSched("wakee=rr:1");
  EXPECT_THAT(PlacePlan(TwoNodes(), plan),
              StatusIs(kInvalid, AllOf(HasSubstr("rr:1"), HasSubstr("0-15"),
                                       HasSubstr("--allow_rt_everywhere"))));
  plan.options.placement.allow_rt_everywhere = true;
  EXPECT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
  plan.options.placement.allow_rt_everywhere = false;
  plan.options.placement.affinity = *ParseAffinity("wakee=!cpu:0");
  EXPECT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
}

TEST(PlacePlanTest, RealTimeOfAllStressorsTogetherLeavesACpuFree) {
  Plan plan = PlanOf({Pairs(2, "one"), Pairs(2, "two")});
  plan.options.cpus = {0, 1};
  plan.options.machine_cpus = {0, 1};
  plan.options.placement.sched = *ParseRoleSched("deadline:1ms/10ms/10ms");
  plan.options.placement.affinity = *ParseAffinity("waker=0,wakee=1");
  EXPECT_THAT(PlacePlan(TwoNodes(), plan),
              StatusIs(kInvalid, HasSubstr("deadline:1ms/10ms/10ms")));
  plan.options.machine_cpus = {0, 1, 2};
  EXPECT_THAT(PlacePlan(TwoNodes(), plan), IsOk());
}

}  // namespace
}  // namespace ktstr
