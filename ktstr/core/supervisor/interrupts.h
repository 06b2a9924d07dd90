// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// SIGINT, SIGTERM and SIGHUP as something to poll rather than to die of.
#ifndef KTSTR_CORE_SUPERVISOR_INTERRUPTS_H_
#define KTSTR_CORE_SUPERVISOR_INTERRUPTS_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// From its making on, and still when it is gone, the three signals are blocked
// in the calling thread (and in what it forks): while it exists they queue up
// in a signalfd(2). SIGPIPE is ignored, so that a closed output is a write
// error. A signal that was ignored stays so and does not queue up, as nohup(1)
// asks. One at a time in a process, made in main's thread.
//
// One request to end may come as several signals: timeout(1) sends its signal
// to the process and to its group, and the kernel's test runner nests two of
// them. What follows a taken signal within `same_request` belongs to it:
// dropped.
class Interrupts final {
 public:
  // Longer than a script takes to repeat itself, shorter than a person.
  static constexpr absl::Duration kSameRequest = absl::Milliseconds(300);

  static absl::StatusOr<Interrupts> Create(
      absl::Duration same_request = kSameRequest);

  // Readable while a signal waits.
  int fd() const { return fd_.get(); }

  // Takes the next request that came, and remembers it. Returns the number of
  // its signal, or 0 if none came.
  int Take();

  // The first signal that Take returned, 0 if none: from then on the run is
  // to end.
  int first() const { return first_; }

  // Takes what waits and lets the signals of the next request do what they do
  // to any program: a report that nobody reads any more must not hold the
  // process.
  absl::Status LetKill();

 private:
  Interrupts(Fd fd, int64_t same_request_ns)
      : fd_(std::move(fd)), same_request_ns_(same_request_ns) {}

  Fd fd_;
  int64_t same_request_ns_;
  int64_t taken_ns_ = 0;  // CLOCK_MONOTONIC, of the last request.
  int first_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_CORE_SUPERVISOR_INTERRUPTS_H_
