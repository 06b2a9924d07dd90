// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/guest_report.h"

#include <errno.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ktstr/base/posix_error.h"
#include "ktstr/checks/run_checks.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/report/verdict.h"
#include "ktstr/testing/status_matchers.h"
#include "ktstr/vm/channel/channel.pb.h"

namespace ktstr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kStarted = 1000;
constexpr int64_t kEnded = 5000;

// Writes down what it is told, until it is full.
class Recorder final : public StreamWriter {
 public:
  absl::Status Begin(const proto::Report& report) override {
    return Add(absl::StrCat("begin ", report.version()));
  }
  absl::Status Stressor(const proto::Report&,
                        const proto::Stressor& stressor) override {
    return Add(absl::StrCat(stressor.name(), " ",
                            proto::Verdict_Name(stressor.verdict())));
  }
  absl::Status Cell(const proto::Report&, const proto::Report&) override {
    return Add("cell");
  }
  absl::Status End(const proto::Report& report) override {
    return Add(absl::StrCat("end ", proto::Verdict_Name(report.verdict())));
  }

  std::vector<std::string> lines;
  size_t room = 100;

 private:
  absl::Status Add(const std::string& line) {
    if (lines.size() >= room) return PosixError(EPIPE, "write");
    lines.push_back(line);
    return absl::OkStatus();
  }
};

void PlanTwo(proto::Report& report) {
  for (const char* name : {"spin", "wake"}) {
    proto::PlannedStressor& planned = *report.add_plan();
    planned.set_name(name);
    planned.set_stressor(absl::StrCat(name, "_def"));
    planned.set_group_size(2);
    planned.add_params()->set_name("depth");
  }
}

// What the host knows before the guest tells anything.
proto::Report Expected() {
  proto::Report report;
  report.set_version("host");
  report.set_started_unix_ns(kStarted);
  report.add_command_line("--vm=2c");
  report.set_cell("2c");
  report.add_planned_checks(kGuestCheck);
  report.mutable_vm()->set_topology("2c");
  PlanTwo(report);
  return report;
}

proto::ToHost BeginEvent() {
  proto::ToHost event;
  proto::Report& report = *event.mutable_begin();
  report.set_version("guest");
  report.set_started_unix_ns(7);
  report.add_command_line("--duration=1s");
  report.mutable_host()->set_kernel_release("6.12.0");
  PlanTwo(report);
  return event;
}

proto::ToHost StepEvent(const std::vector<std::string>& names) {
  proto::ToHost event;
  for (const std::string& name : names) event.mutable_step()->add_names(name);
  return event;
}

proto::ToHost StressorEvent(const std::string& name, proto::Verdict verdict) {
  proto::ToHost event;
  event.mutable_stressor()->set_name(name);
  event.mutable_stressor()->set_verdict(verdict);
  return event;
}

proto::ToHost EndEvent() {
  proto::ToHost event;
  event.mutable_end()->set_version("guest");
  return event;
}

proto::ToHost LiveEvent(const std::string& line) {
  proto::ToHost event;
  event.set_live(line);
  return event;
}

proto::Vm VmThat(proto::Vm::End end, absl::string_view text) {
  proto::Vm vm;
  vm.set_topology("2c");
  vm.set_end(end);
  vm.set_end_text(std::string(text));
  return vm;
}

class GuestReportTest : public testing::Test {
 protected:
  GuestReportTest() : guest_(Expected(), &recorder_) {}

  void Take(const std::vector<proto::ToHost>& events) {
    for (const proto::ToHost& event : events) guest_.Take(event);
  }

  const proto::Report& Complete(int interrupted_by = 0) {
    return guest_.Finish(VmThat(proto::Vm::COMPLETED, ""), interrupted_by,
                         kEnded);
  }
  const proto::Report& Panic() {
    return guest_.Finish(VmThat(proto::Vm::PANICKED, "kernel panic: x"),
                         /*interrupted_by=*/0, kEnded);
  }

  Recorder recorder_;
  GuestReport guest_;
};

TEST_F(GuestReportTest, ShowsAWholeRunAsItGrows) {
  Take({BeginEvent(), StepEvent({"spin"}), LiveEvent("1s"),
        StressorEvent("spin", proto::PASS)});
  EXPECT_THAT(recorder_.lines, ElementsAre("begin guest", "spin PASS"));
  EXPECT_EQ(guest_.live(), "1s");
  Take({StepEvent({"wake"})});
  EXPECT_EQ(guest_.live(), "");
  Take({StressorEvent("wake", proto::PASS)});
  EXPECT_FALSE(guest_.complete());
  Take({EndEvent()});
  EXPECT_TRUE(guest_.complete());
  const proto::Report& report = Complete();
  EXPECT_THAT(recorder_.lines,
              ElementsAre("begin guest", "spin PASS", "wake PASS", "end PASS"));
  EXPECT_EQ(report.ended_unix_ns(), kEnded);
  EXPECT_EQ(ExitCode(report), 0);
  EXPECT_THAT(guest_.shown(), IsOk());
}

TEST_F(GuestReportTest, HostKnowsWhoAsked) {
  Take({BeginEvent(), EndEvent()});
  const proto::Report& report = Complete();
  EXPECT_THAT(report.command_line(), ElementsAre("--vm=2c"));
  EXPECT_EQ(report.started_unix_ns(), kStarted);
  EXPECT_EQ(report.cell(), "2c");
  EXPECT_THAT(report.planned_checks(), ElementsAre(kGuestCheck));
  EXPECT_EQ(report.vm().end(), proto::Vm::COMPLETED);
  // And the guest, what it is.
  EXPECT_EQ(report.host().kernel_release(), "6.12.0");
}

TEST_F(GuestReportTest, GuestThatTellsNothingFails) {
  const proto::Report& report = Panic();
  EXPECT_THAT(recorder_.lines, ElementsAre("begin host", "end FAIL"));
  EXPECT_THAT(report.stressors(), IsEmpty());
  ASSERT_EQ(report.checks_size(), 1);
  EXPECT_EQ(report.checks(0).name(), kGuestCheck);
  EXPECT_THAT(report.checks(0).detail(), HasSubstr("kernel panic: x"));
  EXPECT_EQ(ExitCode(report), 1);
}

TEST_F(GuestReportTest, StressorThatRanWhenTheGuestDiedFails) {
  Take({BeginEvent(), StepEvent({"spin"}), StressorEvent("spin", proto::PASS),
        LiveEvent("old"), StepEvent({"wake"}), LiveEvent("0.5s 8 workers")});
  const proto::Report& report = Panic();
  EXPECT_THAT(recorder_.lines,
              ElementsAre("begin guest", "spin PASS", "wake FAIL", "end FAIL"));
  const proto::Stressor& lost = report.stressors(1);
  EXPECT_EQ(lost.stressor(), "wake_def");
  EXPECT_EQ(lost.group_size(), 2);
  EXPECT_EQ(lost.params_size(), 1);
  EXPECT_EQ(lost.stop_reason(), proto::Stressor::WORKER_LOST);
  EXPECT_EQ(lost.setup().kind(), proto::Outcome::FAILED);
  EXPECT_EQ(lost.setup().text(),
            "the guest was lost while it ran: kernel panic: x; last seen at "
            "0.5s 8 workers");
  EXPECT_EQ(lost.checks(0).name(), "completed");
  EXPECT_EQ(VerdictOf(lost), proto::FAIL);
}

TEST_F(GuestReportTest, OnlyWhatHadNotEndedOfAStepFails) {
  Take({BeginEvent(), StepEvent({"spin", "wake"}),
        StressorEvent("spin", proto::PASS)});
  Panic();
  EXPECT_THAT(recorder_.lines,
              ElementsAre("begin guest", "spin PASS", "wake FAIL", "end FAIL"));
}

TEST_F(GuestReportTest, WhatNeverRanIsNotTold) {
  Take({BeginEvent(), StepEvent({"spin"}), StressorEvent("spin", proto::PASS)});
  const proto::Report& report = Panic();
  EXPECT_THAT(recorder_.lines,
              ElementsAre("begin guest", "spin PASS", "end FAIL"));
  EXPECT_THAT(MissingStressors(report), ElementsAre("wake"));
}

// A result that is lost on the way must not look like one that passed.
TEST_F(GuestReportTest, ResultThatNeverArrivesFails) {
  Take({BeginEvent(), StepEvent({"spin"}), StepEvent({"wake"}),
        StressorEvent("wake", proto::PASS), EndEvent()});
  const proto::Report& report = Complete();
  EXPECT_THAT(recorder_.lines,
              ElementsAre("begin guest", "spin FAIL", "wake PASS", "end FAIL"));
  EXPECT_EQ(report.stressors(0).setup().text(),
            "the guest did not tell what became of it");
}

TEST_F(GuestReportTest, LastResultThatNeverArrivesFails) {
  Take({BeginEvent(), StepEvent({"spin"}), EndEvent()});
  Complete();
  EXPECT_THAT(recorder_.lines,
              ElementsAre("begin guest", "spin FAIL", "end FAIL"));
}

TEST_F(GuestReportTest, KeepsResultsWhenTheBeginIsLost) {
  Take({StressorEvent("spin", proto::PASS), BeginEvent(), EndEvent()});
  Complete();
  EXPECT_THAT(recorder_.lines,
              ElementsAre("begin host", "spin PASS", "end PASS"));
}

TEST_F(GuestReportTest, BeginsAndEndsOnce) {
  proto::ToHost other = BeginEvent();
  other.mutable_begin()->set_version("other");
  proto::ToHost second_end = EndEvent();
  second_end.mutable_end()->set_interrupted_by(2);
  Take({BeginEvent(), other, StressorEvent("spin", proto::PASS), EndEvent(),
        StressorEvent("wake", proto::FAIL), StepEvent({"wake"}), other,
        second_end});
  const proto::Report& report = Complete();
  EXPECT_THAT(recorder_.lines,
              ElementsAre("begin guest", "spin PASS", "end PASS"));
  EXPECT_EQ(report.version(), "guest");
  EXPECT_EQ(report.interrupted_by(), 0);
}

TEST_F(GuestReportTest, IgnoresWhatIsNotTheReports) {
  proto::ToHost ready;
  ready.mutable_ready()->set_version("1");
  proto::ToHost ended;
  ended.mutable_ended()->set_exit_code(3);
  proto::ToHost trouble;
  trouble.set_trouble("x");
  Take({ready, proto::ToHost(), ended, trouble});
  EXPECT_THAT(recorder_.lines, IsEmpty());
}

TEST_F(GuestReportTest, InterruptIsTheGuestsOrTheUsers) {
  proto::ToHost end = EndEvent();
  end.mutable_end()->set_interrupted_by(15);
  Take({BeginEvent(), end});
  EXPECT_EQ(ExitCode(Complete(/*interrupted_by=*/2)), 128 + 15);
}

TEST_F(GuestReportTest, InterruptThatTheGuestDidNotSurviveIsTold) {
  Take({BeginEvent(), StepEvent({"spin"})});
  const proto::Report& report = guest_.Finish(
      VmThat(proto::Vm::INTERRUPTED, "killed"), /*interrupted_by=*/2, kEnded);
  EXPECT_EQ(ExitCode(report), 128 + 2);
  EXPECT_EQ(report.verdict(), proto::FAIL);
}

TEST_F(GuestReportTest, TellsTheWritersFirstErrorAndGoesOn) {
  recorder_.room = 1;
  Take({BeginEvent(), StressorEvent("spin", proto::PASS), EndEvent()});
  const proto::Report& report = Complete();
  EXPECT_EQ(ErrnoOf(guest_.shown()), EPIPE);
  EXPECT_EQ(report.stressors_size(), 1);
}

TEST(SilentGuestReportTest, NeedsNoWriter) {
  GuestReport guest(Expected(), nullptr);
  guest.Take(BeginEvent());
  guest.Take(StepEvent({"spin"}));
  guest.Take(StressorEvent("spin", proto::SKIP));
  guest.Take(EndEvent());
  EXPECT_EQ(guest.Finish(VmThat(proto::Vm::COMPLETED, ""), 0, kEnded).verdict(),
            proto::SKIP);
}

class SchedulerGuestReportTest : public testing::Test {
 protected:
  // What becomes of a run whose guest ends its report with `scheduler`.
  static proto::Report RunWith(const proto::Scheduler* scheduler) {
    proto::Report expected = Expected();
    expected.clear_planned_checks();
    expected.add_planned_checks(kSchedulerCheck);
    expected.add_planned_checks(kGuestCheck);
    GuestReport guest(std::move(expected), nullptr);
    guest.Take(BeginEvent());
    guest.Take(StressorEvent("spin", proto::PASS));
    proto::ToHost end = EndEvent();
    if (scheduler != nullptr) {
      *end.mutable_end()->mutable_scheduler() = *scheduler;
    }
    guest.Take(end);
    return guest.Finish(VmThat(proto::Vm::COMPLETED, ""), 0, kEnded);
  }
};

TEST_F(SchedulerGuestReportTest, PassesIfItStayed) {
  proto::Scheduler scheduler;
  scheduler.set_ops("simple");
  scheduler.set_state_loaded("enabled simple (seq 1)");
  scheduler.set_state_after("enabled simple (seq 1)");
  const proto::Report report = RunWith(&scheduler);
  EXPECT_EQ(report.checks(0).name(), kSchedulerCheck);
  EXPECT_EQ(report.checks(0).verdict(), proto::PASS);
  EXPECT_EQ(report.verdict(), proto::PASS);
}

TEST_F(SchedulerGuestReportTest, FailsIfItWasEjectedThoughAllPassed) {
  proto::Scheduler scheduler;
  scheduler.set_failure("the kernel ejected it: runnable task stall");
  const proto::Report report = RunWith(&scheduler);
  EXPECT_EQ(report.checks(0).detail(), scheduler.failure());
  EXPECT_EQ(report.verdict(), proto::FAIL);
}

TEST_F(SchedulerGuestReportTest, FailsIfTheGuestDoesNotSpeakOfIt) {
  EXPECT_EQ(RunWith(nullptr).verdict(), proto::FAIL);
}

}  // namespace
}  // namespace ktstr
