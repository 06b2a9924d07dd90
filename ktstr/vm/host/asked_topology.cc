// SPDX-License-Identifier: Apache-2.0
// Copyright 2026 The ktstr Authors.

#include "ktstr/vm/host/asked_topology.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "ktstr/report/report.pb.h"
#include "ktstr/vm/machine_spec/vm_spec.h"

namespace ktstr {
namespace {

// The list of `count` CPUs from `first` on.
std::string CpuList(uint32_t first, uint32_t count) {
  return count == 1 ? absl::StrCat(first)
                    : absl::StrCat(first, "-", first + count - 1);
}

}  // namespace

proto::Topology AskedTopology(const VmSpec& spec) {
  proto::Topology topology;
  topology.set_online(CpuList(0, spec.cpus()));
  const uint32_t of_node = spec.cpus() / spec.nodes;
  const uint32_t of_llc = spec.cores * spec.threads;
  for (uint32_t cpu = 0; cpu < spec.cpus(); cpu += of_node) {
    topology.add_nodes(CpuList(cpu, of_node));
  }
  for (uint32_t cpu = 0; cpu < spec.cpus(); cpu += of_llc) {
    topology.add_llcs(CpuList(cpu, of_llc));
  }
  topology.set_cpus(spec.cpus());
  topology.set_cores(spec.cpus() / spec.threads);
  topology.set_threads_per_core(spec.threads);
  return topology;
}

}  // namespace ktstr
