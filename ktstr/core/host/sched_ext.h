// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CORE_HOST_SCHED_EXT_H_
#define KTSTR_CORE_HOST_SCHED_EXT_H_

#include <cstdint>
#include <string>

namespace ktstr {

// What the files of /sys/kernel/sched_ext say of the extensible scheduler
// class.
struct SchedExtState {
  std::string state;  // "disabled", "enabled"; empty: a kernel without it.
  std::string ops;    // The name of the loaded scheduler, if there is one.
  // Counts the schedulers that were ever loaded, so that one which came and
  // went shows too; -1: unknown. The kernel counts just after it says
  // "enabled".
  int64_t enable_seq = -1;

  bool operator==(const SchedExtState&) const = default;
};

// Reads them below `root`; not in one moment, while a scheduler comes or goes.
SchedExtState ReadSchedExtState(const std::string& root = "");

// All of it in a line: "disabled (seq 4)", "enabled simple (seq 4)". Empty on
// kernels without the class.
std::string ToText(const SchedExtState& state);

// ToText(ReadSchedExtState(root)).
std::string ReadSchedExt(const std::string& root = "");

}  // namespace ktstr

#endif  // KTSTR_CORE_HOST_SCHED_EXT_H_
