// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// SIGINT, SIGTERM and SIGHUP as something to poll rather than to die of.
#ifndef KTSTR_CORE_SUPERVISOR_INTERRUPTS_H_
#define KTSTR_CORE_SUPERVISOR_INTERRUPTS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// From its making on, and still when it is gone, the three signals are blocked
// in the calling thread (and in what it forks): while it exists they queue up
// in a signalfd(2). SIGPIPE is ignored, so that a closed output is a write
// error. A signal that was ignored stays so and does not queue up, as nohup(1)
// asks. One at a time in a process, made in main's thread.
class Interrupts final {
 public:
  static absl::StatusOr<Interrupts> Create();

  // Readable while a signal waits.
  int fd() const { return fd_.get(); }

  // Takes the next signal that came, and remembers it. Returns its number, or
  // 0 if none came.
  int Take();

  // The first signal that Take returned, 0 if none: from then on the run is
  // to end.
  int first() const { return first_; }

  // Drops what waits and lets the next signal do what it does to any program:
  // a report that nobody reads any more must not hold the process.
  absl::Status LetKill();

 private:
  explicit Interrupts(Fd fd) : fd_(std::move(fd)) {}

  Fd fd_;
  int first_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_INTERRUPTS_H_
