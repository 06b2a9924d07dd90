// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Every setting as something else than the one that set it sees it. Real-time
// and deadline workers of these tests do nothing but look once.

#include "ktstr/core/worker/settings.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/cpu_set.h"
#include "ktstr/base/file.h"
#include "ktstr/base/memory/memory_policy.h"
#include "ktstr/base/sched/core_cookie.h"
#include "ktstr/base/sched/sched_attr.h"
#include "ktstr/base/sched/sched_refusal.h"
#include "ktstr/base/sched/sched_spec.h"
#include "ktstr/base/user/user.h"
#include "ktstr/core/placement/placement_options.h"
#include "ktstr/core/worker/applied_settings.h"
#include "ktstr/core/worker/worker_record.h"
#include "ktstr/stats/zero_filled.h"

namespace ktstr {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr int kNiceField = 19;
constexpr int kRtPriorityField = 40;
constexpr int kPolicyField = 41;

SchedSpec Spec(absl::string_view text) { return *SchedSpec::Parse(text); }

std::string SeeNothing() { return ""; }

class SettingsTest : public testing::TestWithParam<bool> {
 protected:
  static Applied Apply(const WorkerSettings& settings,
                       absl::FunctionRef<std::string()> look = SeeNothing) {
    return ApplyApart(settings, {.in_thread = GetParam()}, look);
  }
  // The same where nothing else is asked.
  static Applied Ask(const PlacementOptions& asked,
                     absl::FunctionRef<std::string()> look = SeeNothing) {
    return Apply(WorkerSettings{.placement = &asked}, look);
  }
};

INSTANTIATE_TEST_SUITE_P(Modes, SettingsTest, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& mode) {
                           return mode.param ? "Thread" : "Process";
                         });

// What stands behind it in the following texts.
constexpr char kSlack[] = "timer_slack 1ns, got 1ns\n";

TEST_P(SettingsTest, AsksForNothingThatWasNotGiven) {
  EXPECT_THAT(Apply(WorkerSettings()).Text(), Eq(kSlack));
  EXPECT_THAT(Ask(PlacementOptions()).Text(), Eq(kSlack));
}

TEST_P(SettingsTest, AffinityAndTimerSlackAreReadBack) {
  const CpuSet one = {GetAffinity(0)->First()};
  const Applied applied = Apply({.cpus = &one, .timer_slack_ns = 1500}, [] {
    return ProcLine("status", "Cpus_allowed_list");
  });
  EXPECT_THAT(applied.Text(), Eq(absl::StrCat("affinity ", one.ToString(),
                                              ", got ", one.ToString(),
                                              "\ntimer_slack 1.5us, got "
                                              "1.5us\n")));
  EXPECT_THAT(applied.seen, Eq(one.ToString()));
  if (GetParam()) {
    EXPECT_THAT(applied.beside, Eq(GetAffinity(0)->ToString()));
  }
}

TEST_P(SettingsTest, NiceIsTheWorkersOwn) {
  const Applied applied =
      Ask({.nice = 7}, [] { return StatField(kNiceField); });
  EXPECT_THAT(applied.Text(), Eq(absl::StrCat("nice 7, got 7\n", kSlack)));
  EXPECT_THAT(applied.seen, Eq("7"));
  if (GetParam()) {
    EXPECT_THAT(applied.beside, Eq("0"));
  }
}

std::string SeePolicy() {
  return absl::StrCat(StatField(kPolicyField), " ",
                      StatField(kRtPriorityField));
}

TEST_P(SettingsTest, FairPoliciesTakeNiceAlong) {
  for (const auto& [text, seen] :
       {std::pair("batch", "3 0 5"), std::pair("idle", "5 0 5"),
        std::pair("normal", "0 0 5")}) {
    const SchedSpec spec = Spec(text);
    const PlacementOptions asked = {.nice = 5};
    const Applied applied = Apply({.sched = &spec, .placement = &asked}, [] {
      return absl::StrCat(SeePolicy(), " ", StatField(kNiceField));
    });
    EXPECT_THAT(applied.Text(), Eq(absl::StrCat("nice 5, got 5\npolicy ", text,
                                                ", got ", text, "\n", kSlack)));
    EXPECT_THAT(applied.seen, Eq(seen));
  }
}

bool MayBeRealTime() { return ReadSchedRights(0).cap_sys_nice; }

TEST_P(SettingsTest, RealTimeWorkersHaveALimitAndNoTimerSlack) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const PlacementOptions asked = {.nice = 3};
  for (const auto& [text, seen] :
       {std::pair("fifo:1", "1 1"), std::pair("rr:2", "2 2")}) {
    const SchedSpec spec = Spec(text);
    const Applied applied = Apply(
        {.sched = &spec, .placement = &asked, .rt_limit_ns = 50'000'000}, [] {
          struct rlimit limit = {};
          getrlimit(RLIMIT_RTTIME, &limit);
          return absl::StrCat(SeePolicy(), " ", limit.rlim_cur, " ",
                              limit.rlim_max);
        });
    EXPECT_THAT(applied.Text(),
                Eq(absl::StrCat("nice 3, got 3\nrt_limit 50ms, got 50ms\n",
                                "policy ", text, ", got ", text,
                                "\ntimer_slack 1ns, got 0 (real-time)\n")));
    EXPECT_THAT(applied.seen, Eq(absl::StrCat(seen, " 50000 1050000")));
    if (GetParam()) {
      EXPECT_THAT(applied.beside, StartsWith("0 0 "));
    }
  }
}

TEST_P(SettingsTest, DeadlineWorkersMayHaveChildren) {
  if (!MayBeRealTime()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  const SchedSpec spec = Spec("deadline:2ms/50ms/100ms");
  const Applied applied = Apply({.sched = &spec}, [] {
    return absl::StrCat(SeePolicy(), " ", ProcLine("sched", "dl.runtime"), " ",
                        GetSched(0)->reset_on_fork);
  });
  EXPECT_THAT(applied.Text(), Eq("policy deadline:2ms/50ms/100ms, got "
                                 "deadline:2ms/50ms/100ms\n"
                                 "timer_slack 1ns, got 0 (real-time)\n"));
  EXPECT_THAT(applied.seen, AllOf(StartsWith("6 0 "), EndsWith(" 1")));
}

TEST_P(SettingsTest, SlicesAreSeenInProc) {
  const SchedSpec batch = Spec("batch");
  const PlacementOptions asked = {.slice_ns = 700'000};
  const Applied applied = Apply({.sched = &batch, .placement = &asked},
                                [] { return ProcLine("sched", "se.slice"); });
  if (*GetFairSlice() == 0) {
    EXPECT_THAT(applied.Text(),
                HasSubstr("slice 700us, got 0 !0: Linux before 6.12 takes"));
    return;
  }
  EXPECT_THAT(applied.Text(),
              Eq(absl::StrCat("policy batch, got batch\n",
                              "slice 700us, got 700us\n", kSlack)));
  EXPECT_THAT(applied.seen, Eq("700000"));
  if (GetParam()) {
    EXPECT_THAT(applied.beside, Not(Eq("700000")));
  }
}

TEST_P(SettingsTest, ClampsAreThereOrTheKernelLacksThem) {
  const Applied applied =
      Ask({.uclamp = ClampRange{.min = 100, .max = 700}}, [] {
        return absl::StrCat(ProcLine("sched", "uclamp.min"), " ",
                            ProcLine("sched", "uclamp.max"));
      });
  if (CheckUclamp().ok()) {
    EXPECT_THAT(applied.Text(),
                Eq(absl::StrCat("uclamp 100:700, got 100:700\n", kSlack)));
    EXPECT_THAT(applied.seen, Eq("100 700"));
  } else {
    EXPECT_THAT(applied.Text(), AllOf(StartsWith("uclamp 100:700, got  !95: "),
                                      HasSubstr("no CONFIG_UCLAMP_TASK")));
  }
}

// The policies that numa_maps says mappings have by that of the thread.
std::string SeeMemoryPolicies() {
  std::set<std::string> policies;
  const std::string maps = *ReadFile("/proc/thread-self/numa_maps");
  for (const absl::string_view line :
       absl::StrSplit(maps, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    policies.insert(words.at(1));
  }
  return absl::StrJoin(policies, " ");
}

TEST_P(SettingsTest, MemoryPoliciesAreSeenInNumaMaps) {
  if (!GetMemoryPolicy().ok()) GTEST_SKIP() << "needs CONFIG_NUMA";
  for (const auto& [text, seen] :
       {std::pair("bind:0", "bind:0"),
        std::pair("bind:0+static", "bind=static:0"),
        std::pair("interleave:0", "interleave:0"),
        std::pair("preferred:0+relative", "prefer=relative:0"),
        std::pair("local", "local")}) {
    const Applied applied =
        Ask({.memory = *MemoryPolicy::Parse(text)}, SeeMemoryPolicies);
    EXPECT_THAT(applied.Text(), Eq(absl::StrCat("mempolicy ", text, ", got ",
                                                text, "\n", kSlack)));
    EXPECT_THAT(applied.seen, Eq(seen));
    if (GetParam()) {
      EXPECT_THAT(applied.beside, Eq("default"));
    }
  }
}

TEST_P(SettingsTest, CookiesAreThereOrTheKernelLacksThem) {
  const absl::StatusOr<uint64_t> none = GetCoreCookie(0);
  const Applied applied = Ask({.core_cookie = CookieSharing::kGroup}, [] {
    return absl::StrCat(absl::Hex(GetCoreCookie(0).value_or(0)));
  });
  if (none.ok()) {
    EXPECT_THAT(applied.Text(), Eq(absl::StrCat("core_cookie group, got own 0x",
                                                applied.seen, "\n", kSlack)));
    EXPECT_THAT(applied.seen, Not(Eq("0")));
    EXPECT_THAT(applied.beside, AnyOf("", "0"));
  } else {
    EXPECT_THAT(applied.Text(), AllOf(StartsWith("core_cookie group, got  !"),
                                      AnyOf(HasSubstr("no CONFIG_SCHED_CORE"),
                                            HasSubstr("no SMT here"))));
  }
}

// A leader that cannot be had, which takes no kernel.
TEST_P(SettingsTest, SharesNoCookieWithAWorkerThatFailed) {
  ZeroFilled<WorkerRecord> leader;
  leader->phase = WorkerPhase::kFailed;
  const PlacementOptions asked = {.core_cookie = CookieSharing::kAll};
  EXPECT_THAT(Apply({.placement = &asked, .cookie_from = &*leader}).Text(),
              Eq(absl::StrCat("core_cookie all, got  !0: the worker whose "
                              "cookie it is to share has failed\n",
                              kSlack)));
}

TEST_P(SettingsTest, UserIsTheWorkersOwn) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const Applied applied = Ask({.user = UserIds{4321, 8765}}, [] {
    return absl::StrCat(ProcLine("status", "Uid"), ", ",
                        ProcLine("status", "Groups"));
  });
  EXPECT_THAT(applied.Text(),
              Eq(absl::StrCat(kSlack, "user 4321:8765, got 4321:8765\n")));
  EXPECT_THAT(applied.seen, Eq("4321 4321 4321 4321, 8765"));
  if (GetParam()) {
    EXPECT_THAT(applied.beside, StartsWith("0 0 0 0, "));
  }
}

// Each that needs a right is asked before the user who has none.
TEST_P(SettingsTest, EverythingFitsTogether) {
  if (!MayBeRealTime() || geteuid() != 0) GTEST_SKIP() << "needs root";
  const CpuSet one = {GetAffinity(0)->First()};
  const SchedSpec fifo = Spec("fifo:1");
  const PlacementOptions asked = {.nice = -5,
                                  .uclamp = ClampRange{},
                                  .slice_ns = 1'000'000,
                                  .autogroup = {.own = true, .nice = 4},
                                  .core_cookie = CookieSharing::kWorker,
                                  .memory = *MemoryPolicy::Parse("bind:0"),
                                  .user = UserIds{4321, 8765}};
  const Applied applied = Apply({.cpus = &one,
                                 .sched = &fifo,
                                 .placement = &asked,
                                 .rt_limit_ns = 50'000'000});
  // One place is for the cgroup.
  ASSERT_THAT(applied.settings, SizeIs(WorkerRecord::kMaxSettings - 1));
  std::vector<absl::string_view> refused;
  for (const SettingRecord& setting : applied.settings) {
    EXPECT_THAT(setting.applied, Eq(setting.why.view().empty()));
    if (!setting.applied) refused.push_back(setting.name.view());
  }
  // What depends on the kernel, and what a real-time worker does not have.
  EXPECT_THAT(refused, IsSubsetOf({"autogroup", "core_cookie", "mempolicy",
                                   "uclamp", "slice"}));
  EXPECT_THAT(refused, Contains("slice"));
}

}  // namespace
}  // namespace ktstr
