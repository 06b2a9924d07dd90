// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_SCHEDULER_SCHEDULER_RUN_H_
#define KTSTR_SCHEDULER_SCHEDULER_RUN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "ktstr/base/proc/kernel_log.h"
#include "ktstr/core/host/sched_ext.h"
#include "ktstr/scheduler/program.h"
#include "ktstr/scheduler/sched_ext_log.h"
#include "ktstr/scheduler/scheduler_result.h"

namespace ktstr {

struct SchedulerOptions {
  // The program that loads the scheduler, by its path, and its arguments.
  std::vector<std::string> command;
  // Of /sys/kernel/sched_ext, /dev/kmsg and /proc/sysrq-trigger; tests fake it.
  std::string root;
  absl::Duration load_timeout = absl::Seconds(30);
  // How long each signal that is to end the program has for it.
  absl::Duration stop_patience = absl::Seconds(2);
  // How long the kernel has to take a scheduler out once nothing holds it.
  absl::Duration unload_timeout = absl::Seconds(1);
  // Readable (POLLIN): the user wants no more, and Start() gives up. Not owned
  // and not read. -1: nobody interrupts.
  int interrupt_fd = -1;
};

// Runs a sched_ext scheduler beside the stressors. The program may stay, or
// exit with code 0 once the scheduler is loaded: registrations without a link
// survive it. Any other end of its own is a failure, even if they do.
//
// Nothing is left behind: this object, Finish() and the death of our process
// end the program and what it started. A scheduler that survives its program
// is unloaded too, by SysRq-S, but not if our process was killed.
//
// One thread only, as Child::Spawn().
class SchedulerRun final {
 public:
  // Starts the program and waits until its scheduler is in charge. That it
  // came to nothing stands in status(); then nothing runs any more.
  static SchedulerRun Start(SchedulerOptions options);

  // OK: it was loaded. Else why not, in a line that names the program:
  //   kUnimplemented       a kernel without CONFIG_SCHED_CLASS_EXT
  //   kFailedPrecondition  another scheduler is loaded
  //   kAborted             the program ended first
  //   kDeadlineExceeded    it took longer than load_timeout
  //   kCancelled           interrupt_fd
  //   others               the program could not be started
  const absl::Status& status() const { return status_; }

  // Whether this very scheduler is still in charge: the cost of three small
  // files. Also takes what the kernel has logged, which keeps only so much: to
  // be called now and then.
  bool Alive();

  // Judges, then ends the program, which takes at most some stop_patience for
  // a program that can be killed. To be called once.
  SchedulerResult Finish();

 private:
  explicit SchedulerRun(SchedulerOptions options);

  absl::Status Load();
  absl::Status AwaitUnloading(int64_t until);
  absl::Status AwaitLoaded(int64_t until);
  bool Interrupted() const;
  void Wait() const;
  SchedExtState AwaitState(
      absl::FunctionRef<bool(const SchedExtState&)> wanted) const;
  bool IsOurs(const SchedExtState& now) const;
  bool AwaitOursGone() const;
  void Fail();
  void StopProgram();
  std::string Unload() const;
  void ReadLog();
  void KeepOutput(size_t lines);
  std::string Reason() const;
  std::string LastWords() const;
  std::string LossText(const SchedExtState& after) const;

  SchedulerOptions options_;
  std::string name_;  // Of the program, for people.
  SchedExtState before_;
  SchedExtState loaded_;
  absl::StatusOr<KernelLog> log_;
  SchedExtLog findings_;
  absl::optional<Program> program_;
  ProgramEnd end_;
  absl::Status status_;
  SchedulerResult result_;
};

}  // namespace ktstr

#endif  // KTSTR_SCHEDULER_SCHEDULER_RUN_H_
