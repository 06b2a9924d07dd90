// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_HOST_GUEST_REPORT_H_
#define KTSTR_VM_HOST_GUEST_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/report/stream_writer.h"
#include "ktstr/vm/channel/channel.pb.h"

namespace ktstr {

// The report of a guest as it comes in, shown while it grows. What a guest
// that died still owed is made up for by what says so: a stressor that was
// running is in the report as FAIL, a check that was not judged too.
class GuestReport final {
 public:
  // `expected` is what the host knows without the guest: identity, plan,
  // options, the machine, the checks that there will be. `writer` gets the
  // report as it grows and outlives the object; nullptr shows nothing.
  GuestReport(proto::Report expected, StreamWriter* writer);

  // Takes what the guest told. What is none of the report's is ignored.
  void Take(proto::ToHost event);

  // The guest has told all that it will: `vm` says how it ended, and
  // `interrupted_by` which signal of the user it got, 0 if none. Judges,
  // concludes and shows the rest. To be called once.
  const proto::Report& Finish(proto::Vm vm, int interrupted_by,
                              int64_t ended_unix_ns);

  // Whether the guest told all of it.
  bool complete() const { return ended_; }
  // How the step that runs is getting on, as the guest said last.
  const std::string& live() const { return live_; }
  // The writer's first error.
  const absl::Status& shown() const { return shown_; }

 private:
  void Begin(proto::Report begin);
  void EnsureBegun();
  void BeginStep(const proto::StepBegin& step);
  void Add(proto::Stressor stressor);
  void End(const proto::Report& end);
  void FailRunning(const std::string& text);
  void Show(const absl::Status& status) { shown_.Update(status); }

  proto::Report report_;
  StreamWriter* writer_;
  std::vector<std::string> running_;  // Names of the step that is under way.
  std::string live_;
  bool begun_ = false;
  bool ended_ = false;
  absl::Status shown_;
};

}  // namespace ktstr

#endif  // KTSTR_VM_HOST_GUEST_REPORT_H_
