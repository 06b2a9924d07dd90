// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/isolation.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

proto::Options Allowed(const char* cpus) {
  proto::Options options;
  options.set_cpus(cpus);
  return options;
}

TEST(IsolationTest, PassesInsideOfTheAllowedSet) {
  EXPECT_THAT(CheckIsolation(Allowed("0-3"), StressorFromText(R"pb(
                               workers { cpus_used: "0" }
                               workers { cpus_used: "2-3" }
                               workers {}
                             )pb")),
              IsLine("isolation", proto::PASS, "CPUs used: 0,2-3 of 0-3"));
}

TEST(IsolationTest, FailsForACpuOutside) {
  EXPECT_THAT(
      CheckIsolation(Allowed("0,2"), StressorFromText(R"pb(
                       workers { index: 4 role: "worker" cpus_used: "0-2" }
                     )pb")),
      IsLine("isolation", proto::FAIL,
             "worker 4 (worker) was on CPU 1, allowed are 0,2"));
}

// On CPUs 2 and 3; what it had to stay in is up to the test.
proto::Stressor Placed(const std::string& settings,
                       const std::string& cgroup_settings = "") {
  return StressorFromText(absl::StrCat(
      R"pb(workers { index: 1 role: "hog" cpus_used: "2-3" cgroup: "b")pb",
      settings, R"pb(}
                     cgroups {
          name: "a"
          settings { name: "cpus" asked: "0" got: "0" applied: true }
        }
        cgroups { name: "b" )pb",
      cgroup_settings, "}"));
}

TEST(IsolationTest, HoldsWorkersToTheirAffinity) {
  const proto::Options allowed = Allowed("0-7");
  EXPECT_THAT(
      CheckIsolation(allowed, Placed(R"pb(
                       settings { name: "affinity" got: "2,3" applied: true }
                     )pb")),
      IsLine("isolation", proto::PASS, "CPUs used: 2-3 of 0-7"));
  EXPECT_THAT(
      CheckIsolation(allowed, Placed(R"pb(
                       settings { name: "timer_slack" got: "1ns" applied: true }
                       settings { name: "affinity" got: "0,2" applied: true }
                     )pb")),
      IsLine("isolation", proto::FAIL,
             "worker 1 (hog) was on CPU 3, its affinity is 0,2"));
}

TEST(IsolationTest, LeavesWhatWasNotAppliedToTheOtherCheck) {
  EXPECT_THAT(CheckIsolation(Allowed("0-7"), Placed(R"pb(
                               settings { name: "affinity" asked: "5" got: "0" }
                             )pb"))
                  .verdict(),
              proto::PASS);
}

TEST(IsolationTest, JudgesByNoListThatWasCut) {
  EXPECT_THAT(
      CheckIsolation(Allowed("0-7"), Placed(R"pb(
                       settings { name: "affinity" got: "0,..." applied: true }
                     )pb"))
          .verdict(),
      proto::PASS);
}

TEST(IsolationTest, HoldsWorkersToTheCpusetOfTheirCgroup) {
  EXPECT_THAT(
      CheckIsolation(Allowed("0-7"), Placed("", R"pb(
                       settings { name: "cpus" got: "2-5" applied: true }
                     )pb"))
          .verdict(),
      proto::PASS);
  EXPECT_THAT(
      CheckIsolation(Allowed("0-7"), Placed("", R"pb(
                       settings { name: "cpus" got: "3" applied: true }
                     )pb")),
      IsLine("isolation", proto::FAIL,
             "worker 1 (hog) was on CPU 2, the cpuset of cgroup b is 3"));
}

TEST(IsolationTest, FailsForListsThatAreNone) {
  EXPECT_THAT(
      CheckIsolation(Allowed("0-7"), Placed(R"pb(
                       settings { name: "affinity" got: "x" applied: true }
                     )pb")),
      IsLine("isolation", proto::FAIL, testing::StartsWith("worker 1 (hog) ")));
}

TEST(IsolationTest, SkipsWhenNoWorkerWasSeenAnywhere) {
  EXPECT_THAT(CheckIsolation(Allowed("0"), StressorFromText("workers {}")),
              IsLine("isolation", proto::SKIP, "no worker told where it ran"));
}

TEST(IsolationTest, FailsWhenTheReportDoesNotSayWhatWasAllowed) {
  EXPECT_THAT(CheckIsolation({}, StressorFromText("workers {}")),
              IsLine("isolation", proto::FAIL, testing::_));
}

}  // namespace
}  // namespace ktstr
