// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_SCHEDULER_SCHED_EXT_LOG_H_
#define KTSTR_SCHEDULER_SCHED_EXT_LOG_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace ktstr {

// Picks out of the kernel's log what is about sched_ext, in bounded memory.
class SchedExtLog final {
 public:
  // Of each kind; what comes later is counted.
  static constexpr size_t kMaxLines = 200;

  // Takes the next lines, texts without prefix.
  void Take(absl::Span<const std::string> lines);

  // Why the kernel said that a scheduler ended, the first time it did so:
  // "runnable task stall (kworker/0:1[12] failed to run for 5.013s)"; empty if
  // it never did.
  const std::string& reason() const { return reason_; }

  // That line and what follows it, to its end: the message and the stack of
  // who ended it. Then the other lines about sched_ext.
  std::vector<std::string> lines() const;

 private:
  struct Lines {
    void Add(const std::string& line);
    std::vector<std::string> kept;
    size_t left_out = 0;
  };

  bool in_dump_ = false;
  std::string ops_;
  std::string reason_;
  Lines dump_;
  Lines others_;
};

}  // namespace ktstr

#endif  // KTSTR_SCHEDULER_SCHED_EXT_LOG_H_
