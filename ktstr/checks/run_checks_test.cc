// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/checks/run_checks.h"

#include <string>
#include <vector>

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
