// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

// From the flags of virtual machines to the machines: one for each pair of
// topology and kernel.
#ifndef KTSTR_CLI_VM_CELLS_CELLS_H_
#define KTSTR_CLI_VM_CELLS_CELLS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ktstr/cli/plan/run_machine.h"
#include "ktstr/cli/vm/cells/vm_options.h"
#include "ktstr/core/plan.h"
#include "ktstr/vm/machine_spec/node_distances.h"
#include "ktstr/vm/machine_spec/vm_spec.h"
#include "ktstr/vm/qemu/kernel_image.h"

namespace ktstr {

// One virtual machine to be.
struct Cell {
  std::string name;      // Unique: "2n1l2c2t", "laptop 6.12.1".
  std::string topology;  // As given.
  VmSpec spec;
  KernelImage kernel;
  int64_t memory_bytes = 0;
  NodeDistances distances;
  Plan plan;  // Of its run; the caller makes it.
};

// Where kernels are looked for.
struct KernelPlaces {
  std::string boot;   // "/boot".
  std::string cache;  // ktstr's folder among the user's caches.
};

// The machines that `options` ask for, topologies within kernels. An error
// begins with the flag.
absl::StatusOr<std::vector<Cell>> MakeCells(const VmOptions& options,
                                            const KernelPlaces& places);

// The machines and their plans, for people.
std::string DescribeCells(const std::vector<Cell>& cells);

// The machine that a run in one of `spec` sees.
RunMachine MachineOf(const VmSpec& spec);

}  // namespace ktstr

#endif  // KTSTR_CLI_VM_CELLS_CELLS_H_
