// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_CLI_VM_CELLS_VM_OPTIONS_H_
#define KTSTR_CLI_VM_CELLS_VM_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "ktstr/vm/qemu/accelerator.h"

namespace ktstr {

// The flags of virtual machines, as given.
struct VmOptions {
  std::vector<std::string> topologies;  // Empty: runs on the host.
  std::vector<std::string> kernels;     // Empty: the newest that is found.
  std::string memory;                   // Empty: by the topology.
  std::string distances;                // Empty: Linux's own.
  AcceleratorMode accelerator = AcceleratorMode::kAuto;
  std::vector<std::string> append;    // For the kernel's command line.
  std::vector<std::string> args;      // For QEMU's.
  std::vector<std::string> includes;  // Files for the guest.
  std::string keep;                   // Folder for what was used; empty: none.
  std::string console;                // File for the console; empty: none.
  absl::Duration timeout;             // 0: by the plan.
  uint32_t jobs = 0;                  // Machines at a time; 0: what fits.
};

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_CELLS_VM_OPTIONS_H_
