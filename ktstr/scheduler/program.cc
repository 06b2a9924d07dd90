// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/scheduler/program.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ktstr/base/child.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/command/command.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/status_macros.h"

namespace ktstr {
namespace {

struct StopStep {
  int signo;
  const char* said;  // Behind how it ended, if this did it.
};

constexpr StopStep kStopSteps[] = {
    {SIGINT, " when stopped"},
    {SIGTERM, " when stopped; it had ignored SIGINT"},
    {SIGKILL, " when stopped; it had ignored SIGINT and SIGTERM"},
};

// Whether `fd` becomes readable within `patience`.
bool Await(int fd, absl::Duration patience) {
  const int64_t until = MonotonicNanos() + absl::ToInt64Nanoseconds(patience);
  while (true) {
    const int64_t left = std::max<int64_t>(until - MonotonicNanos(), 0);
    struct pollfd readable = {.fd = fd, .events = POLLIN, .revents = 0};
    const struct timespec timeout = ToTimespec(left);
    if (ppoll(&readable, 1, &timeout, /*sigmask=*/nullptr) > 0) return true;
    if (left == 0) return false;
  }
}

}  // namespace

absl::StatusOr<Program> Program::Start(std::vector<std::string> argv) {
  KTSTR_ASSIGN_OR_RETURN(Pipe output, MakePipe());
  Command command;
  command.argv = std::move(argv);
  command.stdout_fd = output.write_end.get();
  command.stderr_fd = output.write_end.get();
  KTSTR_ASSIGN_OR_RETURN(Child child, StartCommand(command));
  output.write_end.reset();
  // The pipe holds what comes before there is somebody to read it.
  KTSTR_ASSIGN_OR_RETURN(
      OutputKeeper keeper,
      OutputKeeper::Start(std::move(output.read_end), child.pid()));
  return Program(std::move(child), std::move(keeper));
}

ProgramEnd Program::Stop(absl::Duration patience) {
  const bool by_itself = Ended();
  const char* said = "";
  if (by_itself) {
    // Something that it started may be left, and have something to tidy up.
    SignalGroup(child_, SIGINT).IgnoreError();
  } else {
    for (const StopStep& step : kStopSteps) {
      said = step.said;
      // Refused if it has just ended, as wanted.
      SignalGroup(child_, step.signo).IgnoreError();
      if (step.signo == SIGKILL || Await(child_.pidfd(), patience)) break;
    }
  }
  // The output ends when the last one has ended that could write to it.
  Await(keeper_.pidfd(), patience);
  KillGroup();
  const absl::StatusOr<ChildEnd> end = child_.Reap();
  Await(keeper_.pidfd(), patience);
  // Refused only if somebody else had reaped it.
  if (!end.ok()) return {.text = std::string(end.status().message())};
  const bool success = end->kind == ChildEnd::kExited && end->value == 0;
  return {.text = absl::StrCat(DescribeEnd(*end), said),
          .orderly = success || !by_itself};
}

void Program::KillGroup() {
  // Refused once it is reaped or moved from: then there is none.
  SignalGroup(child_, SIGKILL).IgnoreError();
}

}  // namespace ktstr
