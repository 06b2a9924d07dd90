// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_HOST_CONSOLE_H_
#define KTSTR_VM_HOST_CONSOLE_H_

#include <deque>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ktstr/base/command/line_tail.h"

namespace ktstr {

// Reads along on the console of a guest: keeps its last lines, and those that
// say what went wrong.
class Console final {
 public:
  Console();

  // Takes what the console printed, in pieces of any size.
  void Append(absl::string_view bytes);
  // The machine is gone: an unfinished line is one, too.
  void Finish();

  // The last lines, oldest first.
  const std::deque<std::string>& tail() const { return tail_.lines(); }
  // Lines of the whole life of the guest that name an oops, a stall, a hung
  // task, an end of a sched_ext scheduler, as JudgeKernelLog sorts them.
  const std::vector<std::string>& faults() const { return faults_; }
  // Why the kernel panicked, "sysrq triggered crash"; empty if it did not.
  const std::string& panic() const { return panic_; }
  // The last line that is not blank; for the live line.
  const std::string& last_line() const { return last_line_; }

 private:
  void TakeLine(absl::string_view line);
  void Judge(const std::vector<std::string>& lines);

  LineTail tail_;
  std::vector<std::string> faults_;  // At most kMaxFindings.
  std::string panic_;
  std::string last_line_;
};

}  // namespace ktstr

#endif  // KTSTR_VM_HOST_CONSOLE_H_
