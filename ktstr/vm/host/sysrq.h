// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_HOST_SYSRQ_H_
#define KTSTR_VM_HOST_SYSRQ_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace ktstr {

// Has a guest that hangs say why on its console: Magic SysRq keys, each behind
// a break on the serial line (Linux, Documentation/admin-guide/sysrq.rst), ask
// for the stacks of all CPUs and for the tasks that are blocked. Kernels
// without CONFIG_MAGIC_SYSRQ_SERIAL say nothing.
class Sysrq final {
 public:
  // `answer_ns` is the time for each answer.
  explicit Sysrq(int64_t answer_ns) : answer_ns_(answer_ns) {}

  // Takes the next step, by the sockets of QEMU's monitor (QMP) and of the
  // console, whose QEMU name is `console`. Returns how many ns later the next
  // one may follow, or 0 once the guest has been asked all and given the time
  // to answer. Never waits, and does not read.
  int64_t Next(int monitor_fd, int console_fd, absl::string_view console);

 private:
  const int64_t answer_ns_;
  size_t step_ = 0;
};

}  // namespace ktstr

#endif  // KTSTR_VM_HOST_SYSRQ_H_
