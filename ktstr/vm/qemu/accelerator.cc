// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/qemu/accelerator.h"

#include <string>

#include "absl/status/status.h"
#include "ktstr/vm/qemu/kvm_probe.h"

namespace ktstr {

const char* AcceleratorName(Accelerator accelerator) {
  return accelerator == Accelerator::kKvm ? "kvm" : "tcg";
}

AcceleratorChoice ChooseAccelerator(AcceleratorMode mode,
                                    const std::string& dev_kvm) {
  if (mode == AcceleratorMode::kTcg) {
    return {Accelerator::kTcg, "emulation was asked for"};
  }
  const absl::Status probe = ProbeKvm(dev_kvm);
  if (probe.ok()) return {Accelerator::kKvm, ""};
  return {mode == AcceleratorMode::kKvm ? Accelerator::kKvm : Accelerator::kTcg,
          std::string(probe.message())};
}

}  // namespace ktstr
