// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_QEMU_KVM_PROBE_H_
#define KTSTR_VM_QEMU_KVM_PROBE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace ktstr {

// Has a virtual CPU of `dev_kvm` run a few instructions, first in real mode, as
// firmware does, then 64-bit ones with paging and SSE2, as a kernel does. OK if
// both wrote what they should to a port. There are hosts whose /dev/kvm opens,
// makes machines and answers every question, and still only interprets the
// kernel's code, not knowing all of it: only trying tells.
//
// The message of an error starts with `dev_kvm` and says what failed, and where
// it is known what to do about it. Takes about 2 ms, and never more than a
// second: it works in a forked child (see Child::Spawn for what that asks of
// the caller).
absl::Status ProbeKvm(const std::string& dev_kvm);

// `body`'s result, computed in a forked child that is killed after `limit`:
// kDeadlineExceeded. Codes and messages (to 500 bytes) come back, payloads do
// not.
absl::Status RunBounded(absl::FunctionRef<absl::Status()> body,
                        absl::Duration limit);

// Whether the CPU's vendor is AMD, by CPUID.
bool HostIsAmd();

}  // namespace ktstr

#endif  // KTSTR_VM_QEMU_KVM_PROBE_H_
