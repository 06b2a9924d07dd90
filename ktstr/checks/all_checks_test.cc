// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/all_checks.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/checks/requested/condition.h"
#include "ktstr/checks/stressor_text.h"
#include "ktstr/report/verdict.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;

proto::Options TwoCpus() {
  proto::Options options;
  options.set_cpus("0-1");
  return options;
}

std::vector<std::string> Names(const std::vector<proto::Check>& lines) {
  std::vector<std::string> names;
  names.reserve(lines.size());
  for (const proto::Check& line : lines) names.push_back(line.name());
  return names;
}

std::vector<proto::Verdict> Verdicts(const std::vector<proto::Check>& lines) {
  std::vector<proto::Verdict> verdicts;
  verdicts.reserve(lines.size());
  for (const proto::Check& line : lines) verdicts.push_back(line.verdict());
  return verdicts;
}

TEST(AllChecksTest, KeepTheirOrder) {
  const std::vector<Condition> conditions = {
      *ParseCondition("gap.max<1s"),
      *ParseCondition("stressor=other gap.max<1s"),
      *ParseCondition("stressor=me gap.max<2s")};
  EXPECT_THAT(
      Names(AllChecks(TwoCpus(), conditions, StressorFromText("alias: 'me'"))),
      ElementsAre("completed", "applied", "no_errors", "exercised",
                  "not_starved", "isolation", "host", "check:gap.max<1s",
                  "check:stressor=me,gap.max<2s"));
}

TEST(AllChecksTest, PassForAGoodRun) {
  EXPECT_THAT(Verdicts(AllChecks(
                  TwoCpus(), {}, StressorFromText(R"pb(
                    setup { kind: OK }
                    proof { kind: OK }
                    stop_reason: DURATION
                    workers { end: FINISHED iterations: 1 cpus_used: "1" }
                  )pb"))),
              testing::Each(proto::PASS));
}

TEST(AllChecksTest, LookAtSharesWhereThereAreSeveralCgroups) {
  proto::Options options = TwoCpus();
  EXPECT_THAT(Names(AllChecks(options, {}, StressorFromText("cgroups {}"))),
              testing::Not(testing::Contains("cgroup_share")));
  const std::vector<Condition> conditions = {*ParseCondition("gap.max<1s")};
  const proto::Stressor two = StressorFromText("cgroups {} cgroups {}");
  EXPECT_THAT(Names(AllChecks(options, conditions, two)),
              ElementsAre("completed", "applied", "no_errors", "exercised",
                          "not_starved", "isolation", "host", "cgroup_share",
                          "check:gap.max<1s"));
  // Also if it never came to that.
  proto::NameValue& asked = *options.add_placement();
  asked.set_name("cgroups");
  asked.set_value("a,b");
  EXPECT_THAT(AllChecks(options, {}, StressorFromText(R"pb(
                          setup { kind: SKIPPED text: "no cgroups here" }
                        )pb"))
                  .back(),
              IsLine("cgroup_share", proto::SKIP, "no cgroups here"));
}

TEST(AllChecksTest, PassAlsoWhereSharesCannotBeTold) {
  proto::Stressor stressor = StressorFromText(R"pb(
    setup { kind: OK }
    proof { kind: OK }
    stop_reason: DURATION
    workers { end: FINISHED iterations: 1 cpus_used: "1" }
    cgroups { name: "a" has_cpu: true weight: 100 usage_ns: 1 }
    cgroups { name: "b" has_cpu: true weight: 300 usage_ns: 1 }
  )pb");
  for (const proto::Check& line : AllChecks(TwoCpus(), {}, stressor)) {
    *stressor.add_checks() = line;
  }
  EXPECT_EQ(stressor.checks().rbegin()->name(), "cgroup_share");
  EXPECT_EQ(stressor.checks().rbegin()->verdict(), proto::SKIP);
  EXPECT_EQ(VerdictOf(stressor), proto::PASS);
}

TEST(AllChecksTest, AreAllSkippedWhereTheHostCannot) {
  const std::vector<Condition> conditions = {*ParseCondition("gap.max<1s")};
  const auto lines = AllChecks(TwoCpus(), conditions, StressorFromText(R"pb(
                                 setup { kind: SKIPPED text: "needs two CPUs" }
                               )pb"));
  EXPECT_THAT(Verdicts(lines), testing::Each(proto::SKIP));
  EXPECT_THAT(lines.back(),
              IsLine("check:gap.max<1s", proto::SKIP, "needs two CPUs"));
}

TEST(AllChecksTest, FailOnceWhenTheSetupFailed) {
  const auto lines = AllChecks(TwoCpus(), {}, StressorFromText(R"pb(
                                 setup { kind: FAILED text: "no memory" }
                               )pb"));
  EXPECT_THAT(lines.front(), IsLine("completed", proto::FAIL,
                                    "could not be set up: no memory"));
  EXPECT_THAT(lines.back(), IsLine("host", proto::SKIP, "it did not run"));
}

TEST(AllChecksTest, FailForWhatNeverGotItsTurn) {
  const auto lines = AllChecks(TwoCpus(), {}, {});
  EXPECT_THAT(lines.front(), IsLine("completed", proto::FAIL,
                                    "the run ended before its turn"));
}

}  // namespace
}  // namespace ktstr
