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
#include "ktstr/vm/qemu/kvm_probe.h"

namespace ktstr {

// QEMU's name for what is behind the console.
inline constexpr char kConsoleChardev[] = "console";

// One virtual machine.
struct QemuOptions {
  std::string qemu = "qemu-system-x86_64";  // Found by PATH without a slash.
  VmSpec spec;
  int64_t memory_bytes = 0;  // From DefaultMemory() or FitMemory() (checked).
  NodeDistances distances;   // nodes x nodes (checked); empty: Linux's own.
  Accelerator accelerator = Accelerator::kTcg;
  bool amd_host = HostIsAmd();  // Matters with KVM only.
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
//
// A node of the guest is a socket with one die for each LLC: QEMU describes one
// L3 cache per die, in Intel's CPUID leaf 4 as in AMD's 8000001DH, and Linux
// makes nodes, LLCs, cores and siblings of that exactly as the spec says. (L1
// caches are private to a thread on QEMU's Intel; nothing schedules by them.)
//
// Under TCG the CPU calls itself GenuineIntel: what QEMU emulates of AMD lacks
// TOPOEXT, without which Linux sees no SMT, and CONSTANT_TSC, without which it
// calibrates each CPU anew. With KVM it is the host's own CPU. Only for AMD's
// first Zen (family 17H, models to 1FH) Linux takes 8 APIC ids for an LLC,
// whatever the CPU says: there the guest has to be looked at.
//
// Under TCG three words precede `kernel_args`. `pti=off`: Linux would isolate
// the page tables of that Intel, which costs emulation 60 times the price of a
// system call. `tsc=reliable`: the counter is the host's, the same on all CPUs,
// but on a busy host Linux would give it up for the HPET, 900 ns a reading.
// `cpuhp.parallel=0` (Linux 6.5): CPUs that come up side by side spin on each
// other, which takes 3 to 7 s for 64 of them on 2 real ones; in turn, 0.3 s.
std::vector<std::string> QemuCommand(const QemuOptions& options);

// The kernel's command line: what every guest of ours gets, then `append`,
// which therefore wins, then "--" and `init_words` for init; words of `append`
// that the kernel does not know reach init before them. kInvalidArgument where
// `append` holds a "--" or bytes that do not print, where an init word is not
// plain (white space, quotes), or where the whole is longer than x86 takes.
//
// None of what every guest gets touches the scheduler:
//   console=ttyS0   with loglevel=5 all from warnings up: WARN, oopses, stalls;
//   panic=-1        a panic resets at once, which ends QEMU;
//   no_timer_check  a late timer on a busy host is no reason to panic;
//   sysrq_always_enabled  who hangs can be asked why.
absl::StatusOr<std::string> KernelArguments(
    absl::string_view append, absl::Span<const std::string> init_words);

// `argv` as one line that a POSIX shell reads back as the same words.
std::string ShellQuoted(absl::Span<const std::string> argv);

}  // namespace ktstr

#endif  // KTSTR_VM_QEMU_QEMU_COMMAND_H_
