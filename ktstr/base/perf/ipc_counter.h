// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_BASE_PERF_IPC_COUNTER_H_
#define KTSTR_BASE_PERF_IPC_COUNTER_H_

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "ktstr/base/fd.h"

namespace ktstr {

// What the processor counts of one thread in user space: cycles and
// instructions, whose ratio says how well it was used.
class IpcCounter final {
 public:
  struct Counts {
    uint64_t cycles = 0;
    uint64_t instructions = 0;
  };

  // Of the caller, from now on, whichever CPU it is on. Unimplemented where
  // there is nothing to count with, as in most virtual machines; EACCES or
  // EPERM where kernel.perf_event_paranoid or a seccomp filter forbids it.
  static absl::StatusOr<IpcCounter> Create();

  // The same with other events of perf_event_open(2), for tests on machines
  // without those: `cycles` and `instructions` are numbers of kind `type`.
  static absl::StatusOr<IpcCounter> CreateOf(uint32_t type, uint64_t cycles,
                                             uint64_t instructions);

  // Both, at one moment, in one system call. Where other users of the counters
  // leave this one only a part of the time, what was counted in that part.
  // Zeroes if the read fails, which it has no reason to.
  Counts Read() const;

 private:
  IpcCounter(Fd leader, Fd member)
      : leader_(std::move(leader)), member_(std::move(member)) {}

  Fd leader_;  // Reads both.
  Fd member_;
};

}  // namespace ktstr

#endif  // KTSTR_BASE_PERF_IPC_COUNTER_H_
