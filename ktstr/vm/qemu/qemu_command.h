// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_QEMU_QEMU_COMMAND_H_
#define KTSTR_VM_QEMU_QEMU_COMMAND_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ktstr/vm/machine_spec/node_distances.h"
#include "ktstr/vm/machine_spec/vm_spec.h"
#include "ktstr/vm/qemu/accelerator.h"

namespace ktstr {

// The name of the virtio port of the report channel:
// /sys/class/virtio-ports/vportNpM/name of the guest.
inline constexpr char kChannelPortName[] = "ktstr.0";
// The guest's console, and its serial port for reports without virtio.
inline constexpr char kConsoleTty[] = "ttyS0";
inline constexpr char kChannelTty[] = "ttyS1";

// One virtual machine. Paths go into comma-separated option lists; commas in
// them are doubled, as QEMU wants it.
struct QemuOptions {
  std::string qemu = "qemu-system-x86_64";  // Found by PATH without a slash.
  VmSpec spec;
  int64_t memory_bytes = 0;  // From DefaultMemory() or FitMemory().
  NodeDistances distances;   // nodes x nodes; empty: Linux's own (20).
  Accelerator accelerator = Accelerator::kTcg;
  std::string kernel;
  std::string initrd;  // A path, as well "/proc/self/fd/N"; "": none.
  std::string kernel_args;
  // Connected stream sockets that QEMU inherits (without close-on-exec) and
  // takes over. -1: the machine goes without; the console then goes nowhere.
  int console_fd = -1;
  int channel_virtio_fd = -1;
  int channel_serial_fd = -1;
  int monitor_fd = -1;                  // QMP.
  std::vector<std::string> extra_args;  // Last, so that they win.
};

// The command line, program first, for QEMU 5.0 and later. Deterministic.
std::vector<std::string> QemuCommand(const QemuOptions& options);

// The kernel's command line: what every guest of ours gets, then `append`, then
// "--" and `init_words`, which the kernel hands to init. kInvalidArgument where
// `append` holds a "--" or a newline, or the whole is longer than the 2047
// bytes that x86 takes.
absl::StatusOr<std::string> KernelArguments(
    absl::string_view append, absl::Span<const std::string> init_words);

// `argv` as one line that a POSIX shell reads back as the same words.
std::string ShellQuoted(absl::Span<const std::string> argv);

}  // namespace ktstr

#endif  // KTSTR_VM_QEMU_QEMU_COMMAND_H_
