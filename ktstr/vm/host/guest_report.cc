// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/guest_report.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ktstr/checks/run_checks.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/report/verdict.h"
#include "ktstr/vm/channel/channel.pb.h"

namespace ktstr {
namespace {

// For one whose guest went on to something else.
constexpr char kNeverArrived[] = "the guest did not tell what became of it";

// For one that ran when its guest died.
std::string LossText(const proto::Vm& vm, const std::string& last_seen) {
  std::string text =
      absl::StrCat("the guest was lost while it ran: ", vm.end_text());
  if (!last_seen.empty()) {
    absl::StrAppend(&text, "; last seen at ", last_seen);
  }
  return text;
}

// What the report says of a stressor that began and of which no result came.
proto::Stressor Lost(const proto::PlannedStressor& planned,
                     const std::string& text) {
  proto::Stressor stressor;
  stressor.set_name(planned.name());
  stressor.set_stressor(planned.stressor());
  stressor.set_group_size(planned.group_size());
  *stressor.mutable_params() = planned.params();
  stressor.mutable_setup()->set_kind(proto::Outcome::FAILED);
  stressor.mutable_setup()->set_text(text);
  stressor.set_stop_reason(proto::Stressor::WORKER_LOST);
  proto::Check& check = *stressor.add_checks();
  check.set_name("completed");
  check.set_verdict(proto::FAIL);
  check.set_detail(text);
  stressor.set_verdict(proto::FAIL);
  return stressor;
}

}  // namespace

GuestReport::GuestReport(proto::Report expected, StreamWriter* writer)
    : report_(std::move(expected)), writer_(writer) {}

void GuestReport::Take(proto::ToHost event) {
  switch (event.event_case()) {
    case proto::ToHost::kBegin:
      return Begin(std::move(*event.mutable_begin()));
    case proto::ToHost::kStep:
      return BeginStep(event.step());
    case proto::ToHost::kStressor:
      if (!ended_) Add(std::move(*event.mutable_stressor()));
      return;
    case proto::ToHost::kEnd:
      return End(event.end());
    case proto::ToHost::kLive:
      live_ = event.live();
      return;
    default:
      return;
  }
}

// The guest knows its kernel, its topology and its plan; the host knows who
// asked for it.
void GuestReport::Begin(proto::Report begin) {
  if (begun_) return;
  begun_ = true;
  begin.set_started_unix_ns(report_.started_unix_ns());
  *begin.mutable_command_line() = report_.command_line();
  *begin.mutable_planned_checks() = report_.planned_checks();
  *begin.mutable_vm() = report_.vm();
  begin.set_cell(report_.cell());
  report_ = std::move(begin);
  if (writer_ != nullptr) Show(writer_->Begin(report_));
}

// A guest whose Begin did not arrive is shown by what the host knows.
void GuestReport::EnsureBegun() {
  if (begun_) return;
  begun_ = true;
  if (writer_ != nullptr) Show(writer_->Begin(report_));
}

void GuestReport::BeginStep(const proto::StepBegin& step) {
  if (ended_) return;
  EnsureBegun();
  FailRunning(kNeverArrived);
  running_.assign(step.names().begin(), step.names().end());
  live_.clear();
}

void GuestReport::Add(proto::Stressor stressor) {
  EnsureBegun();
  const auto ran = std::find(running_.begin(), running_.end(), stressor.name());
  if (ran != running_.end()) running_.erase(ran);
  *report_.add_stressors() = std::move(stressor);
  if (writer_ != nullptr) {
    Show(writer_->Stressor(report_,
                           report_.stressors(report_.stressors_size() - 1)));
  }
}

void GuestReport::End(const proto::Report& end) {
  if (ended_) return;
  EnsureBegun();
  FailRunning(kNeverArrived);
  ended_ = true;
  if (end.has_scheduler()) *report_.mutable_scheduler() = end.scheduler();
  report_.set_interrupted_by(end.interrupted_by());
}

void GuestReport::FailRunning(const std::string& text) {
  for (const std::string& name : std::exchange(running_, {})) {
    for (const proto::PlannedStressor& planned : report_.plan()) {
      if (planned.name() != name) continue;
      Add(Lost(planned, text));
      break;
    }
  }
}

const proto::Report& GuestReport::Finish(proto::Vm vm, int interrupted_by,
                                         int64_t ended_unix_ns) {
  *report_.mutable_vm() = std::move(vm);
  EnsureBegun();
  FailRunning(LossText(report_.vm(), live_));
  if (report_.interrupted_by() == 0) report_.set_interrupted_by(interrupted_by);
  report_.clear_checks();
  for (proto::Check& check : RunChecks(report_)) {
    *report_.add_checks() = std::move(check);
  }
  Conclude(ended_unix_ns, report_);
  if (writer_ != nullptr) Show(writer_->End(report_));
  return report_;
}

}  // namespace ktstr
