// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_QEMU_ACCELERATOR_H_
#define KTSTR_VM_QEMU_ACCELERATOR_H_

#include <string>

namespace ktstr {

// Who executes the guest's instructions: the CPU, or QEMU's translator.
enum class Accelerator { kKvm, kTcg };

// "kvm", "tcg": QEMU's own words.
const char* AcceleratorName(Accelerator accelerator);

// What the user asked for.
enum class AcceleratorMode { kAuto, kKvm, kTcg };

struct AcceleratorChoice {
  Accelerator accelerator = Accelerator::kTcg;
  // Why not KVM; "" with KVM that works.
  std::string reason;
};

// Probes `dev_kvm` (kvm_probe.h) unless `mode` is kTcg. kAuto takes KVM where a
// guest ran, else TCG. kKvm takes KVM in any case and leaves the probe's
// complaint in the reason, for the caller to refuse with.
AcceleratorChoice ChooseAccelerator(AcceleratorMode mode,
                                    const std::string& dev_kvm = "/dev/kvm");

}  // namespace ktstr

#endif  // KTSTR_VM_QEMU_ACCELERATOR_H_
