// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/run_checks.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "ktstr/checks/stressor_text.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<proto::Check> Checks(const std::string& report_text) {
  proto::Report report;
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(report_text, &report));
  return RunChecks(report);
}

TEST(RunChecksTest, AreThePlannedOnesInTheirOrder) {
  EXPECT_THAT(Checks(""), IsEmpty());
  EXPECT_THAT(Checks("vm { end: PANICKED } scheduler { failure: 'x' }"),
              IsEmpty());
  EXPECT_THAT(
      Checks(R"pb(
        planned_checks: "scheduler"
        planned_checks: "guest"
        vm { end: COMPLETED }
        scheduler { failure: "x" }
      )pb"),
      ElementsAre(IsLine("scheduler", proto::FAIL, "x"),
                  IsLine("guest", proto::PASS, HasSubstr("powered off"))));
}

TEST(RunChecksTest, FailsWhatCannotBeJudged) {
  EXPECT_THAT(
      Checks(R"pb(
        planned_checks: "guest"
        planned_checks: "scheduler"
        planned_checks: "of a later version"
      )pb"),
      ElementsAre(IsLine("guest", proto::FAIL, HasSubstr("says nothing")),
                  IsLine("scheduler", proto::FAIL, HasSubstr("says nothing")),
                  IsLine("of a later version", proto::FAIL,
                         HasSubstr("no such check"))));
}

constexpr char kTwoNodes[] =
    "online: '0-3' nodes: '0-1' nodes: '2-3' llcs: '0-1' llcs: '2-3' "
    "cpus: 4 cores: 2 threads_per_core: 2";

proto::Check TopologyCheck(const std::string& asked, const std::string& seen) {
  const std::vector<proto::Check> checks = Checks(absl::StrCat(
      "planned_checks: 'topology' vm { ", asked, " } host { ", seen, " }"));
  EXPECT_THAT(checks, SizeIs(1));
  return checks.empty() ? proto::Check() : checks[0];
}

std::string Message(const std::string& name, const std::string& text) {
  return absl::StrCat(name, " { ", text, " }");
}

TEST(TopologyCheckTest, PassesWhatIsAsAsked) {
  EXPECT_THAT(
      TopologyCheck(Message("asked", kTwoNodes),
                    Message("topology", kTwoNodes)),
      IsLine("topology", proto::PASS,
             "the guest saw 2 nodes, 2 LLCs, 2 cores, 4 CPUs as asked"));
}

TEST(TopologyCheckTest, FailsEachDifference) {
  const std::pair<const char*, const char*> changes[] = {
      {"online: '0-3'", "online: '0-2'"},
      {"nodes: '2-3'", "nodes: '2'"},
      {"llcs: '0-1' ", ""},
      {"cores: 2", "cores: 4"},
      {"threads_per_core: 2", "threads_per_core: 1"}};
  for (const auto& [from, to] : changes) {
    const std::string seen = absl::StrReplaceAll(kTwoNodes, {{from, to}});
    EXPECT_THAT(
        TopologyCheck(Message("asked", kTwoNodes), Message("topology", seen)),
        IsLine("topology", proto::FAIL, HasSubstr("instead of")))
        << seen;
  }
}

TEST(TopologyCheckTest, FailsWhatIsNotKnown) {
  EXPECT_THAT(TopologyCheck(Message("asked", kTwoNodes), ""),
              IsLine("topology", proto::FAIL, HasSubstr("did not tell")));
  EXPECT_THAT(TopologyCheck("", Message("topology", kTwoNodes)),
              IsLine("topology", proto::FAIL, HasSubstr("does not say")));
}

TEST(GuestCheckTest, NeedsAMachineThatCompleted) {
  const google::protobuf::EnumDescriptor* ends = proto::Vm::End_descriptor();
  for (int i = 0; i < ends->value_count(); ++i) {
    proto::Report report;
    report.add_planned_checks(kGuestCheck);
    report.mutable_vm()->set_end(
        static_cast<proto::Vm::End>(ends->value(i)->number()));
    const bool completed = report.vm().end() == proto::Vm::COMPLETED;
    EXPECT_THAT(
        RunChecks(report),
        ElementsAre(IsLine("guest", completed ? proto::PASS : proto::FAIL,
                           Not(IsEmpty()))))
        << ends->value(i)->name();
  }
}

TEST(GuestCheckTest, QuotesTheEndAndTheConsole) {
  EXPECT_THAT(Checks(R"pb(
                planned_checks: "guest"
                vm {
                  end: PANICKED
                  end_text: "the guest panicked: sysrq triggered crash"
                  console_faults: "BUG: one"
                  console_faults: "BUG: two"
                }
              )pb"),
              ElementsAre(IsLine("guest", proto::FAIL,
                                 "the guest panicked: sysrq triggered crash; "
                                 "console: \"BUG: one\"")));
}

TEST(GuestCheckTest, FailsWhenAPartOfTheReportWasLost) {
  EXPECT_THAT(Checks(R"pb(
                planned_checks: "guest"
                vm { end: COMPLETED channel_lost_bytes: 12 }
              )pb"),
              ElementsAre(IsLine("guest", proto::FAIL,
                                 HasSubstr("12 bytes of the report were"))));
}

TEST(SchedulerCheckTest, PassesWhenItStayedLoaded) {
  EXPECT_THAT(Checks(R"pb(
                planned_checks: "scheduler"
                scheduler {
                  ops: "simple"
                  state_loaded: "enabled simple (seq 1)"
                  state_after: "enabled simple (seq 1)"
                }
              )pb"),
              ElementsAre(IsLine("scheduler", proto::PASS,
                                 "simple stayed loaded (seq 1)")));
}

TEST(SchedulerCheckTest, FailsWithItsFailure) {
  EXPECT_THAT(Checks(R"pb(
                planned_checks: "scheduler"
                scheduler {
                  state_loaded: "enabled simple (seq 1)"
                  state_after: "enabled simple (seq 1)"
                  failure: "it had words"
                }
              )pb"),
              ElementsAre(IsLine("scheduler", proto::FAIL, "it had words")));
}

TEST(SchedulerCheckTest, FailsWhenTheStateSaysSoOrNothing) {
  EXPECT_THAT(
      Checks(R"pb(
        planned_checks: "scheduler"
        scheduler { state_before: "disabled (seq 0)" }
      )pb"),
      ElementsAre(IsLine("scheduler", proto::FAIL, HasSubstr("ever loaded"))));
  EXPECT_THAT(Checks(R"pb(
                planned_checks: "scheduler"
                scheduler { state_loaded: "enabled simple (seq 1)" }
              )pb"),
              ElementsAre(IsLine("scheduler", proto::FAIL,
                                 HasSubstr("not known whether"))));
  EXPECT_THAT(
      Checks(R"pb(
        planned_checks: "scheduler"
        scheduler {
          state_loaded: "enabled simple (seq 1)"
          state_after: "disabled (seq 1)"
        }
      )pb"),
      ElementsAre(IsLine("scheduler", proto::FAIL,
                         HasSubstr("\"disabled (seq 1)\" in the end"))));
}

}  // namespace
}  // namespace ktstr
