// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#ifndef KTSTR_VM_MACHINE_SPEC_VM_SPEC_H_
#define KTSTR_VM_MACHINE_SPEC_VM_SPEC_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace ktstr {

// The CPUs of a virtual machine, each number counted within the level above: a
// regular tree. CPU numbers follow it: siblings in a core are neighbours, then
// the cores of an LLC, the LLCs of a node, the nodes.
struct VmSpec {
  // More than the largest machines that run Linux.
  static constexpr uint32_t kMostNodes = 64;
  // APIC ids have 8 bits (QEMU's emulation knows no x2APIC before 9.0), and 255
  // means all of them.
  static constexpr uint32_t kMostCpus = 255;

  uint32_t nodes = 1;
  uint32_t llcs = 1;     // Last-level caches of a node.
  uint32_t cores = 1;    // Cores of an LLC.
  uint32_t threads = 1;  // CPUs of a core.

  uint32_t cpus() const { return nodes * llcs * cores * threads; }
  uint32_t total_llcs() const { return nodes * llcs; }
  // All four parts: "2n1l2c2t".
  std::string ToString() const;

  friend bool operator==(const VmSpec&, const VmSpec&) = default;
};

struct VmPreset {
  absl::string_view name;
  VmSpec spec;
  absl::string_view help;  // What it is for; completes "NAME: ".
};

// All named machines, sorted by name.
absl::Span<const VmPreset> VmPresets();

// Reads "2n1l2c2t" or the name of a preset. Parts that are left out are 1, so
// that "4c" is "1n1l4c1t"; their order is fixed. kInvalidArgument for what is
// neither. kOutOfRange for a zero, for more than the limits above, and where
// the APIC ids, in which each part is rounded up to a power of two, go beyond
// 254 though the CPUs are fewer. The message holds what was tried and what is
// wrong with it.
absl::StatusOr<VmSpec> ParseVmSpec(absl::string_view text);

// What `list vm` prints: a line for each preset with its spec, its number of
// CPUs and what it is for.
std::string ListVm();

}  // namespace ktstr

#endif  // KTSTR_VM_MACHINE_SPEC_VM_SPEC_H_
