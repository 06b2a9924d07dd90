// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_SCHEDULER_PROGRAM_H_
#define KTSTR_SCHEDULER_PROGRAM_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ktstr/base/child.h"
#include "ktstr/base/command/command.h"
#include "ktstr/scheduler/output_keeper.h"

namespace ktstr {

// How a program came to its end.
struct ProgramEnd {
  // "exited with code 0 when stopped"; without "when stopped" if it had ended
  // by itself.
  std::string text;
  // It was stopped, or had exited with code 0 by itself.
  bool orderly = false;
};

// A program that runs beside us, in a session of its own, and all that it
// starts there: its output is kept, it never waits for who reads that, and all
// end with this object, and with our process however that ends. Who makes a
// session of its own escapes.
class Program final {
 public:
  // `argv` as in Command. One thread only, as Child::Spawn().
  static absl::StatusOr<Program> Start(std::vector<std::string> argv);

  ~Program() { KillGroup(); }
  Program(Program&&) = default;
  Program& operator=(Program&&) = delete;

  // Readable (POLLIN) once it has ended; -1 after Stop().
  int pidfd() const { return child_.pidfd(); }

  // Whether it has ended; false after Stop().
  bool Ended() const { return child_.ExitedUnreaped(); }

  // Ends it and what it started: by SIGINT, where that does not do within
  // `patience` by SIGTERM, then by SIGKILL. To be called once.
  ProgramEnd Stop(absl::Duration patience);

  // The last bytes of both its outputs; all that there will be after Stop().
  std::string Output() const { return keeper_.Tail(); }

 private:
  Program(Child child, OutputKeeper keeper)
      : child_(std::move(child)), keeper_(std::move(keeper)) {}
  void KillGroup();

  Child child_;
  OutputKeeper keeper_;
};

}  // namespace ktstr

#endif  // KTSTR_SCHEDULER_PROGRAM_H_
