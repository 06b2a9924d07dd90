// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_SCHEDULER_OUTPUT_KEEPER_H_
#define KTSTR_SCHEDULER_OUTPUT_KEEPER_H_

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "ktstr/base/child.h"
#include "ktstr/base/fd.h"
#include "ktstr/base/mapping.h"

namespace ktstr {

// Reads what a program puts out, in a process of its own: a scheduler that
// waits for somebody to read its output does not schedule, and the supervisor
// has other things to do. Keeps the last kBytes, which is the memory that an
// endless writer can have.
//
// That process also guards the program: when this one ends, however, it kills
// the program's process group. (A program that was started to die with us
// takes nothing along that it started itself.)
class OutputKeeper final {
 public:
  static constexpr size_t kBytes = size_t{256} * 1024;

  // Reads `output`, a pipe, to its end: until no process has its other end.
  // `group` is the process group to kill. One thread only, as Child::Spawn().
  static absl::StatusOr<OutputKeeper> Start(Fd output, pid_t group);

  // Readable (POLLIN) once the output has ended.
  int pidfd() const { return process_.pidfd(); }

  // The last bytes of the output, cut anywhere. Before it has ended the oldest
  // of them may be overwritten while they are read.
  std::string Tail() const;

 private:
  struct Ring;

  OutputKeeper(Mapping memory, Fd lifeline, Child process)
      : memory_(std::move(memory)),
        lifeline_(std::move(lifeline)),
        process_(std::move(process)) {}

  Mapping memory_;  // A Ring.
  Fd lifeline_;     // The end of a pipe whose other end the process watches.
  Child process_;
};

}  // namespace ktstr

#endif  // KTSTR_SCHEDULER_OUTPUT_KEEPER_H_
