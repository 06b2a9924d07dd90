// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// Other programs: finding one, starting it, stopping all that it started.
#ifndef KTSTR_BASE_COMMAND_COMMAND_H_
#define KTSTR_BASE_COMMAND_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/child.h"

namespace ktstr {

struct Command {
  // argv[0] is the path of the program; see FindProgram().
  std::vector<std::string> argv;
  // Descriptors above 2 that the program has under the same numbers, whether
  // close-on-exec here or not. All others above 2 are closed in it.
  std::vector<int> kept_fds;
  // What becomes its descriptors 0 to 2. -1: /dev/null, and for the outputs
  // what they are here. May be 0 to 2 themselves, or the same one twice.
  int stdin_fd = -1;
  int stdout_fd = -1;
  int stderr_fd = -1;
  // In a session of its own it leads a process group, and what the terminal
  // sends (Ctrl-C) does not reach it.
  bool own_session = true;
};

// Starts the program: with this one's environment, no signal blocked and all
// at their default, killed (SIGKILL) when the calling thread ends. Programs
// that gain privileges by their file lose that last one (prctl(2),
// PR_SET_PDEATHSIG), and what the program itself starts has its own life.
//
// Returns when the program runs. That it could not be executed is an error
// here, with errno; the message names the program and the call that failed.
// One thread only, as for Child::Spawn().
absl::StatusOr<Child> StartCommand(const Command& command);

// Sends `signo` to the process group that `child` leads: to the program and to
// what it started, unless that made groups of its own. For one started with
// `own_session` that has not been reaped, since after that the number may be
// another's: ESRCH then.
absl::Status SignalGroup(const Child& child, int signo);

// The path of the program `name`: itself if it holds a slash, else the first
// of that name in `path_list`, folders with colons between (the variable PATH;
// an empty one is the current folder). kNotFound names what was looked for and
// where; kPermissionDenied: what there is cannot be executed.
absl::StatusOr<std::string> FindProgram(absl::string_view name,
                                        absl::string_view path_list);

}  // namespace ktstr

#endif  // KTSTR_BASE_COMMAND_COMMAND_H_
