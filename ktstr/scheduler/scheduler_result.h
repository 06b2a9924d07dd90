// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_SCHEDULER_SCHEDULER_RESULT_H_
#define KTSTR_SCHEDULER_SCHEDULER_RESULT_H_

#include <string>
#include <vector>

namespace ktstr {

// How it went with a sched_ext scheduler. Texts are single lines of any bytes;
// states are as ToText(SchedExtState) words them.
struct SchedulerResult {
  std::vector<std::string> command;
  std::string state_before;  // Empty: a kernel without sched_ext.
  std::string state_loaded;  // Empty: it never was.
  std::string state_after;   // Before it was stopped, if it was ever loaded.
  std::string ops;           // The name that the scheduler gave itself.
  std::string failure;       // Empty: it was loaded and stayed so to the end.
  std::string exit;          // Of the program; empty: it never ran.
  // What the kernel said of sched_ext: first why it ended and what it dumped.
  std::vector<std::string> kernel_log;
  std::vector<std::string> output;  // The last lines of the program's own.
};

}  // namespace ktstr

#endif  // KTSTR_SCHEDULER_SCHEDULER_RESULT_H_
