// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/scheduler/scheduler_run.h"

#include <fcntl.h>
#include <poll.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "ktstr/base/clock.h"
#include "ktstr/base/command/line_tail.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/proc/kernel_log.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/core/host/sched_ext.h"
#include "ktstr/scheduler/program.h"

namespace ktstr {
namespace {

// Files of /sys cannot be waited for.
constexpr int kPollMillis = 10;

// Lines of output in the result, and of one whose scheduler did not stay: the
// loader then puts out the kernel's dump of all CPUs and tasks.
constexpr size_t kOutputLines = 50;
constexpr size_t kDumpLines = 200;
constexpr size_t kLineBytes = 1000;

int64_t After(absl::Duration duration) {
  return MonotonicNanos() + absl::ToInt64Nanoseconds(duration);
}

bool IsSettled(const SchedExtState& now) {
  return now.state != "enabling" && now.state != "disabling";
}

std::string BaseName(absl::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

SchedulerRun SchedulerRun::Start(SchedulerOptions options) {
  SchedulerRun run(std::move(options));
  run.status_ = run.Load();
  run.result_.state_before = ToText(run.before_);
  if (run.status_.ok()) {
    run.result_.state_loaded = ToText(run.loaded_);
    run.result_.ops = run.loaded_.ops;
    return run;
  }
  run.Fail();
  return run;
}

SchedulerRun::SchedulerRun(SchedulerOptions options)
    : options_(std::move(options)),
      log_(KernelLog::OpenAtEnd(options_.root + "/dev/kmsg")) {
  if (!options_.command.empty()) name_ = BaseName(options_.command[0]);
  result_.command = options_.command;
}

absl::Status SchedulerRun::Load() {
  const int64_t until = After(options_.load_timeout);
  KTSTR_RETURN_IF_ERROR(AwaitUnloading(until));
  KTSTR_ASSIGN_OR_RETURN(Program program, Program::Start(options_.command));
  program_.emplace(std::move(program));
  return AwaitLoaded(until);
}

// One that was loaded by an earlier run may still be on its way out.
absl::Status SchedulerRun::AwaitUnloading(int64_t until) {
  while (true) {
    before_ = ReadSchedExtState(options_.root);
    if (before_.state != "disabling" || MonotonicNanos() >= until) break;
    Wait();
  }
  if (before_.state == "disabled") return absl::OkStatus();
  if (before_.state.empty()) {
    return absl::UnimplementedError(absl::StrCat(
        "cannot load ", name_, ": this kernel has no sched_ext (",
        options_.root,
        "/sys/kernel/sched_ext; CONFIG_SCHED_CLASS_EXT, Linux 6.12)"));
  }
  return absl::FailedPreconditionError(
      absl::StrCat("cannot load ", name_, ": there is another scheduler, '",
                   before_.ops, "' (", ToText(before_), ")"));
}

absl::Status SchedulerRun::AwaitLoaded(int64_t until) {
  while (true) {
    // Asked first, so that what it did before its end is seen below.
    const bool ended = program_->Ended();
    const SchedExtState now = ReadSchedExtState(options_.root);
    if (now.state == "enabled" &&
        (now.enable_seq > before_.enable_seq || now.enable_seq < 0)) {
      loaded_ = now;
      return absl::OkStatus();
    }
    if (ended) {
      StopProgram();
      return absl::AbortedError(
          absl::StrCat(name_, " ", end_.text, " before it was loaded"));
    }
    if (Interrupted()) {
      return absl::CancelledError(
          absl::StrCat("interrupted before ", name_, " was loaded"));
    }
    if (MonotonicNanos() >= until) {
      return absl::DeadlineExceededError(
          absl::StrCat(name_, " was not loaded within ",
                       absl::FormatDuration(options_.load_timeout),
                       ", sched_ext is ", ToText(now)));
    }
    Wait();
  }
}

bool SchedulerRun::Interrupted() const {
  struct pollfd fd = {
      .fd = options_.interrupt_fd, .events = POLLIN, .revents = 0};
  return poll(&fd, 1, /*timeout=*/0) > 0;
}

// Until it is time to look again, or there is news of the program or the user.
void SchedulerRun::Wait() const {
  struct pollfd fds[] = {
      {.fd = program_ ? program_->pidfd() : -1, .events = POLLIN, .revents = 0},
      {.fd = options_.interrupt_fd, .events = POLLIN, .revents = 0}};
  // A signal only makes it shorter.
  poll(fds, std::size(fds), kPollMillis);
}

// The first state that is `wanted`, or the last one if time runs out.
SchedExtState SchedulerRun::AwaitState(
    absl::FunctionRef<bool(const SchedExtState&)> wanted) const {
  const int64_t until = After(options_.unload_timeout);
  while (true) {
    SchedExtState now = ReadSchedExtState(options_.root);
    if (wanted(now) || MonotonicNanos() >= until) return now;
    poll(nullptr, 0, kPollMillis);
  }
}

// A scheduler that did not get to be known is the next in the kernel's count,
// which comes just after the state.
bool SchedulerRun::IsOurs(const SchedExtState& now) const {
  if (!loaded_.state.empty()) return now == loaded_;
  return now.state == "enabled" && now.enable_seq <= before_.enable_seq + 1;
}

bool SchedulerRun::AwaitOursGone() const {
  const auto gone = [this](const SchedExtState& now) {
    return IsSettled(now) && !IsOurs(now);
  };
  return gone(AwaitState(gone));
}

bool SchedulerRun::Alive() {
  ReadLog();
  return status_.ok() && ReadSchedExtState(options_.root) == loaded_;
}

SchedulerResult SchedulerRun::Finish() {
  if (status_.ok()) {
    // The kernel says why before it says that it is done.
    const SchedExtState after = AwaitState(IsSettled);
    ReadLog();
    StopProgram();
    result_.state_after = ToText(after);
    const bool lost = after != loaded_;
    KeepOutput(lost ? kDumpLines : kOutputLines);
    if (lost) {
      result_.failure = LossText(after);
    } else if (!end_.orderly) {
      result_.failure = absl::StrCat(name_, " ", end_.text, "; its scheduler '",
                                     loaded_.ops, "' went on without it");
    }
  }
  result_.kernel_log = findings_.lines();
  if (!log_.ok()) {
    result_.kernel_log.push_back(
        absl::StrCat("(not read: ", log_.status().message(), ")"));
  } else if (log_->overruns() > 0) {
    result_.kernel_log.push_back("(records were overwritten before that)");
  }
  return std::move(result_);
}

// Tidies up after a Load() that failed, and says what the program or the kernel
// has to say of it.
void SchedulerRun::Fail() {
  ReadLog();
  StopProgram();
  std::string why(status_.message());
  if (program_) {
    KeepOutput(kDumpLines);
    if (!absl::IsCancelled(status_)) absl::StrAppend(&why, ": ", LastWords());
  }
  status_ = absl::Status(status_.code(), why);
  result_.failure = std::move(why);
  result_.state_after = ReadSchedExt(options_.root);
}

void SchedulerRun::StopProgram() {
  if (!program_ || !result_.exit.empty()) return;
  end_ = program_->Stop(options_.stop_patience);
  result_.exit = absl::StrCat(end_.text, Unload());
}

// What there is to say of the scheduler now that its program has ended. The
// kernel may be a moment behind the end of who held it.
std::string SchedulerRun::Unload() const {
  if (AwaitOursGone()) return "";
  const absl::Status asked = [this]() -> absl::Status {
    KTSTR_ASSIGN_OR_RETURN(
        const Fd fd, OpenFile(options_.root + "/proc/sysrq-trigger", O_WRONLY));
    return WriteAll(fd.get(), "S");
  }();
  if (!asked.ok()) {
    return absl::StrCat("; its scheduler stays loaded: ", asked.message());
  }
  return AwaitOursGone() ? "; its scheduler was unloaded by SysRq-S"
                         : "; its scheduler stays loaded in spite of SysRq-S";
}

void SchedulerRun::ReadLog() {
  if (!log_.ok()) return;
  const absl::StatusOr<std::vector<std::string>> lines = log_->ReadNew();
  if (lines.ok()) {
    findings_.Take(*lines);
  } else {
    log_ = lines.status();
  }
}

void SchedulerRun::KeepOutput(size_t lines) {
  LineTail tail(lines, kLineBytes);
  tail.Append(program_->Output());
  tail.Flush();
  result_.output.assign(tail.lines().begin(), tail.lines().end());
}

// Why the kernel ended the scheduler, by its log, or by what loaders that are
// made as the kernel's own examples put out at their end.
std::string SchedulerRun::Reason() const {
  constexpr absl::string_view kExit = "EXIT: ";
  if (!findings_.reason().empty()) return findings_.reason();
  for (absl::string_view line : result_.output) {
    if (absl::ConsumePrefix(&line, kExit)) return std::string(line);
  }
  return "";
}

std::string SchedulerRun::LastWords() const {
  std::string words = Reason();
  for (auto line = result_.output.rbegin();
       words.empty() && line != result_.output.rend(); ++line) {
    words = std::string(absl::StripAsciiWhitespace(*line));
  }
  return words.empty() ? "it put out nothing" : words;
}

std::string SchedulerRun::LossText(const SchedExtState& after) const {
  const std::string scheduler =
      absl::StrCat("the scheduler '", loaded_.ops, "'");
  if (after.state == loaded_.state) {
    return absl::StrCat(scheduler, " was replaced: ", ToText(loaded_),
                        ", then ", ToText(after));
  }
  const std::string reason = Reason();
  // Else an orderly end: the program, or who else held it, let it go.
  if (!reason.empty() && !absl::StartsWith(reason, "unregistered")) {
    return absl::StrCat(scheduler, " was ejected by the kernel: ", reason);
  }
  return absl::StrCat(scheduler, " was unloaded",
                      reason.empty() ? "" : absl::StrCat(" (", reason, ")"),
                      "; ", name_, " ", end_.text);
}

}  // namespace ktstr
