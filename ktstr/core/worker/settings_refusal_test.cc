// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// What the kernel refuses, halves or ignores, and that the worker says so.

#include <sys/resource.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/user/user.h"
#include "ktstr/core/host/sched_ext.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/core/worker/applied_settings.h"
#include "ktstr/core/worker/settings.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr uid_t kSomebody = 4321;
constexpr char kSlack[] = "timer_slack 1ns, got 1ns\n";

SchedSpec Spec(absl::string_view text) { return *SchedSpec::Parse(text); }

class RefusalTest : public testing::TestWithParam<bool> {
 protected:
  static std::string Apply(const WorkerSettings& settings, uid_t user = 0) {
    return ApplyApart(settings, {.in_thread = GetParam(), .as_user = user},
                      [] { return std::string(); })
        .Text();
  }
  static std::string Ask(const PlacementOptions& asked, uid_t user = 0) {
    return Apply({.placement = &asked}, user);
  }
  static std::string AskFor(absl::string_view policy, uid_t user = 0) {
    const SchedSpec spec = Spec(policy);
    return Apply({.sched = &spec}, user);
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, RefusalTest, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& mode) {
                           return mode.param ? "Thread" : "Process";
                         });

TEST_P(RefusalTest, AbsentCpusAreRefused) {
  const CpuSet absent = {8000};
  EXPECT_THAT(
      Apply({.cpus = &absent}),
      Eq(absl::StrCat("affinity 8000, got ", GetAffinity(0)->ToString(),
                      " !22: sched_setaffinity: Invalid argument; what is "
                      "missing is offline, or not in the cpuset "
                      "(cpuset.cpus)\n",
                      kSlack)));
}

// The kernel drops CPUs and nodes that are not there without a word.
TEST_P(RefusalTest, HalfOfWhatWasAskedIsNotApplied) {
  const uint32_t there = GetAffinity(0)->First();
  const CpuSet more = {there, 8000};
  EXPECT_THAT(Apply({.cpus = &more}),
              StartsWith(absl::StrCat("affinity ", there, ",8000, got ", there,
                                      " !0: what is missing is offline")));
  if (!GetMemoryPolicy().ok()) GTEST_SKIP() << "needs CONFIG_NUMA";
  EXPECT_THAT(Ask({.memory = *MemoryPolicy::Parse("interleave:0,63")}),
              StartsWith("mempolicy interleave:0,63, got interleave:0 !0: what "
                         "is missing has no memory, or is not in the cpuset "
                         "(cpuset.mems)"));
}

TEST_P(RefusalTest, AbsentNodesAreRefused) {
  if (!GetMemoryPolicy().ok()) GTEST_SKIP() << "needs CONFIG_NUMA";
  EXPECT_THAT(Ask({.memory = *MemoryPolicy::Parse("bind:63")}),
              AllOf(StartsWith("mempolicy bind:63, got default !22: "),
                    HasSubstr("node 63 has no memory or does not exist")));
}

TEST_P(RefusalTest, OnlyFairWorkersHaveSlices) {
  const SchedSpec idle = Spec("idle");
  const PlacementOptions asked = {.slice_ns = 1'000'000};
  EXPECT_THAT(Apply({.sched = &idle, .placement = &asked}),
              Eq(absl::StrCat("policy idle, got idle\n",
                              "slice 1ms, got  !0: idle has no slice: only "
                              "normal and batch have one\n",
                              kSlack)));
}

TEST_P(RefusalTest, ExtMeansNormalWhileNobodySchedules) {
  const SchedExtState state = ReadSchedExtState();
  if (state.state == "enabled") GTEST_SKIP() << "a scheduler is loaded";
  const std::string said = AskFor("ext");
  if (state.state.empty()) {
    EXPECT_THAT(said, AllOf(StartsWith("policy ext, got normal !22: "),
                            HasSubstr("no CONFIG_SCHED_CLASS_EXT")));
  } else {
    EXPECT_THAT(said, AllOf(StartsWith("policy ext, got ext (means normal) "
                                       "!0: no sched_ext scheduler is loaded"),
                            HasSubstr("/sys/kernel/sched_ext/state")));
  }
}

class UnprivilegedTest : public RefusalTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else";
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, UnprivilegedTest, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& mode) {
                           return mode.param ? "Thread" : "Process";
                         });

TEST_P(UnprivilegedTest, RefusedPoliciesNameCapabilityAndLimit) {
  EXPECT_THAT(AskFor("fifo:50", kSomebody),
              AllOf(StartsWith("policy fifo:50, got normal !1: "),
                    HasSubstr("needs CAP_SYS_NICE or RLIMIT_RTPRIO >= 50"),
                    testing::EndsWith(kSlack)));
  EXPECT_THAT(
      AskFor("deadline:1ms/10ms/10ms", kSomebody),
      AllOf(StartsWith("policy deadline:1ms/10ms/10ms, got normal !1: "),
            HasSubstr("needs CAP_SYS_NICE")));
}

TEST_P(UnprivilegedTest, RefusedNiceNamesCapabilityAndLimit) {
  EXPECT_THAT(Ask({.nice = -5}, kSomebody),
              AllOf(StartsWith("nice -5, got 0 !13: "),
                    HasSubstr("needs CAP_SYS_NICE or RLIMIT_NICE >= 25")));
}

TEST_P(UnprivilegedTest, RefusedUserNamesCapability) {
  EXPECT_THAT(Ask({.user = UserIds{1, kSomebody}}, kSomebody),
              Eq(absl::StrCat(kSlack,
                              "user 1:4321, got 4321:4321 !1: setresuid(1): "
                              "Operation not permitted; needs CAP_SETUID\n")));
}

TEST_P(UnprivilegedTest, RefusedAutogroupNiceNamesCapabilityAndLimit) {
  const std::string said =
      Ask({.autogroup = {.own = true, .nice = -1}}, kSomebody);
  if (absl::StrContains(said, "sched_autogroup_enabled")) GTEST_SKIP() << said;
  EXPECT_THAT(said, AllOf(StartsWith("autogroup own:-1, got own:0 !1: "),
                          HasSubstr("needs CAP_SYS_NICE or RLIMIT_NICE")));
}

TEST_P(UnprivilegedTest, NothingIsNeededToGiveWay) {
  const SchedSpec batch = Spec("batch");
  const PlacementOptions asked = {.nice = 19};
  EXPECT_THAT(
      Apply({.sched = &batch, .placement = &asked}, kSomebody),
      Eq(absl::StrCat("nice 19, got 19\npolicy batch, got batch\n", kSlack)));
}

// A lower limit that is there already cannot be raised, and protects as well.
TEST_P(UnprivilegedTest, RefusedLimitNamesCapability) {
  struct rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_RTTIME, &before), 0);
  const SchedSpec fifo = Spec("fifo:1");
  const WorkerSettings settings = {.sched = &fifo, .rt_limit_ns = 70'000'000};
  // This process may not raise it again either: a child of it has to ask.
  const Applied applied = ApplyApart(
      {}, {.in_thread = GetParam(), .as_user = kSomebody}, [&settings] {
        if (!LimitRealTime(absl::Milliseconds(50), absl::Milliseconds(60))
                 .ok()) {
          return std::string("the limit could not be set");
        }
        return ApplyApart(settings, {.in_thread = GetParam()},
                          [] { return std::string(); })
            .Text();
      });
  EXPECT_THAT(applied.seen, AllOf(StartsWith("rt_limit 70ms, got 50ms !1: "),
                                  HasSubstr("raising the hard limit needs "
                                            "CAP_SYS_RESOURCE")));
}

}  // namespace
}  // namespace ktstr
