// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/cli/vm/cells/cells.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ktstr/base/status_macros.h"
#include "ktstr/vm/machine_spec/node_distances.h"
#include "ktstr/vm/machine_spec/vm_memory.h"
#include "ktstr/vm/machine_spec/vm_spec.h"
#include "ktstr/vm/qemu/kernel_image.h"

namespace ktstr {
namespace {

absl::Status ForFlag(absl::string_view flag, absl::string_view value,
                     const absl::Status& status) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, ": ", status.message()));
}

absl::StatusOr<std::vector<KernelImage>> ReadKernels(
    const VmOptions& options, const KernelPlaces& places) {
  std::vector<KernelImage> kernels;
  for (const std::string& path : options.kernels) {
    absl::StatusOr<KernelImage> kernel = InspectKernel(path);
    if (!kernel.ok()) return ForFlag("kernel", path, kernel.status());
    kernels.push_back(*std::move(kernel));
  }
  if (!kernels.empty()) return kernels;
  absl::StatusOr<KernelImage> found = FindKernel(places.boot, places.cache);
  if (!found.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--vm needs a kernel (--kernel=FILE): ", found.status().message()));
  }
  kernels.push_back(*std::move(found));
  return kernels;
}

// A cell that has neither kernel nor name yet.
absl::StatusOr<Cell> MakeMachine(const std::string& topology,
                                 const VmOptions& options) {
  Cell cell;
  cell.topology = topology;
  const absl::StatusOr<VmSpec> spec = ParseVmSpec(topology);
  if (!spec.ok()) return ForFlag("vm", topology, spec.status());
  cell.spec = *spec;
  cell.memory_bytes = DefaultMemory(cell.spec);
  if (!options.memory.empty()) {
    absl::StatusOr<int64_t> bytes = ParseMemory(options.memory);
    if (bytes.ok()) bytes = FitMemory(*bytes, cell.spec);
    if (!bytes.ok()) {
      return ForFlag("vm_memory", options.memory, bytes.status());
    }
    cell.memory_bytes = *bytes;
  }
  if (!options.distances.empty()) {
    absl::StatusOr<NodeDistances> distances =
        ParseDistances(options.distances, cell.spec.nodes);
    if (!distances.ok()) {
      return ForFlag("vm_distances", options.distances, distances.status());
    }
    cell.distances = *std::move(distances);
  }
  return cell;
}

// What tells kernels apart: the release, or the file where that is not known
// or not theirs alone.
std::vector<std::string> NamesOf(const std::vector<KernelImage>& kernels) {
  std::set<std::string> releases;
  for (const KernelImage& kernel : kernels) releases.insert(kernel.release);
  const bool apart =
      releases.size() == kernels.size() && releases.count("") == 0;
  std::vector<std::string> names;
  names.reserve(kernels.size());
  for (const KernelImage& kernel : kernels) {
    names.push_back(apart ? kernel.release : kernel.path);
  }
  return names;
}

absl::Status CheckUnique(const std::vector<Cell>& cells) {
  std::set<absl::string_view> names;
  for (const Cell& cell : cells) {
    if (!names.insert(cell.name).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--vm and --kernel ask for '", cell.name, "' more than once"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Cell>> MakeCells(const VmOptions& options,
                                            const KernelPlaces& places) {
  // A typing error in a topology is told before a missing kernel.
  std::vector<Cell> machines;
  for (const std::string& topology : options.topologies) {
    KTSTR_ASSIGN_OR_RETURN(Cell machine, MakeMachine(topology, options));
    machines.push_back(std::move(machine));
  }
  KTSTR_ASSIGN_OR_RETURN(const std::vector<KernelImage> kernels,
                         ReadKernels(options, places));
  const std::vector<std::string> names = NamesOf(kernels);
  std::vector<Cell> cells;
  for (size_t i = 0; i < kernels.size(); ++i) {
    for (Cell cell : machines) {
      cell.kernel = kernels[i];
      cell.name = kernels.size() == 1
                      ? cell.topology
                      : absl::StrCat(cell.topology, " ", names[i]);
      cells.push_back(std::move(cell));
    }
  }
  KTSTR_RETURN_IF_ERROR(CheckUnique(cells));
  return cells;
}

std::string DescribeCells(const std::vector<Cell>& cells) {
  std::string text;
  for (const Cell& cell : cells) {
    absl::StrAppend(&text, cell.name, ": ", cell.spec.ToString(), ", ",
                    cell.spec.cpus(), " CPUs, ", cell.memory_bytes >> 20,
                    " MiB, ", cell.kernel.path, "\n", DescribePlan(cell.plan));
  }
  return text;
}

RunMachine MachineOf(const VmSpec& spec) {
  Topology topology =
      Topology::Regular({spec.nodes, spec.llcs, spec.cores, spec.threads});
  CpuSet all = topology.online();
  return {std::move(topology), std::move(all)};
}

}  // namespace ktstr
